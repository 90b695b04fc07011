// The Markdown that sections of the customers' pages are written in, as HTML of the console's customer's page.

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const toSafe = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? character);

/** How links name the place of a heading. */
export const idOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");

const HEADING = "### ";
export const headingsIn = (blocks: readonly string[]): string[] =>
  blocks.filter((block) => block.startsWith(HEADING)).map((block) => block.slice(HEADING.length));

/** What a place of another page becomes: its words alone. */
function toLink(words: string, address: string, places: readonly string[]): string {
  const isHere = places.includes(address.replace("#", ""));
  if (address.startsWith("https://")) return `<a href="${address}" rel="noreferrer">${words}</a>`;
  return address.startsWith("#") && isHere ? `<a href="${address}">${words}</a>` : words;
}

function inline(text: string, places: readonly string[]): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => {
      if (part.startsWith("`")) return `<code>${toSafe(part.slice(1, -1))}</code>`;
      return toSafe(part)
        .replaceAll(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, words, address) => toLink(words, address, places))
        .replaceAll(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
        .replaceAll(/\*([^*]+)\*/g, "<em>$1</em>");
    })
    .join("");
}

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

function toTable(lines: readonly string[], places: readonly string[]): string {
  const [head = "", , ...rows] = lines;
  const titles = cellsOf(head);
  // An attribute shows its text as it is.
  const names = titles.map((title) => title.replaceAll("`", ""));
  const heads = titles.map((cell) => (cell === "" ? "<td></td>" : `<th scope="col">${inline(cell, places)}</th>`));
  const body = rows.map(
    (row) =>
      `<tr>${cellsOf(row)
        .map((cell, at) => `<td data-head="${toSafe(names[at] ?? "")}">${inline(cell, places)}</td>`)
        .join("")}</tr>`,
  );
  return `<table class="stacked lines"><thead><tr>${heads.join("")}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

function toBlock(block: string, places: readonly string[]): string {
  const lines = block.split("\n");
  const [first = ""] = lines;
  const items = (mark: RegExp) => lines.map((line) => `<li>${inline(line.replace(mark, ""), places)}</li>`).join("");
  // Pictures are files of the pages in the repository.
  if (first.startsWith("![")) return "";
  if (first.startsWith("```")) return `<pre><code>${toSafe(lines.slice(1, -1).join("\n"))}</code></pre>`;
  if (first.startsWith(HEADING)) {
    const title = first.slice(HEADING.length);
    return `<h3 id="${idOf(title)}">${inline(title, places)}</h3>`;
  }
  if (first.startsWith("|")) return toTable(lines, places);
  if (/^\d+\. /.test(first)) return `<ol>${items(/^\d+\. /)}</ol>`;
  if (first.startsWith("- ")) return `<ul>${items(/^- /)}</ul>`;
  return `<p>${inline(block, places)}</p>`;
}

/** @param places the ids of what is on the page, to which links may lead */
export const toHtml = (blocks: readonly string[], places: readonly string[]): string =>
  blocks.map((block) => toBlock(block, places)).join("");
