// The parts of which the customers' pictures are drawn: boxes, texts and arrows, in light and in dark.

import { NOTICE } from "../docs.ts";

const STYLE = `
    .ground { fill: #ffffff; }
    .box { fill: #f6f8fa; stroke: #8c959f; }
    .middle { fill: #ddf4ff; stroke: #0969da; stroke-width: 1.5; }
    .arrow { stroke: #57606a; stroke-width: 1.5; fill: none; }
    .head { fill: #57606a; }
    text { fill: #24292f; font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 13px; }
    .name { font-size: 16px; font-weight: 600; }
    .small { font-size: 12px; fill: #57606a; }
    .code { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; font-size: 12px; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #0d1117; }
      .box { fill: #161b22; stroke: #6e7681; }
      .middle { fill: #0c2d4d; stroke: #58a6ff; }
      .arrow { stroke: #8b949e; }
      .head { fill: #8b949e; }
      text { fill: #e6edf3; }
      .small { fill: #9da7b3; }
    }
  `;

const escaped = (words: string): string =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

type Anchor = "start" | "middle" | "end";

export const text = (x: number, y: number, words: string, kind = "", anchor: Anchor = "middle"): string =>
  `<text${kind ? ` class="${kind}"` : ""} x="${x}" y="${y}" text-anchor="${anchor}">${escaped(words)}</text>`;

export const box = (x: number, y: number, width: number, height: number, kind = "box"): string =>
  `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`;

/** A straight arrow with its head at the end. */
export const arrow = (fromX: number, fromY: number, toX: number, toY = fromY): string =>
  `<path class="arrow" d="M${fromX} ${fromY} L${toX} ${toY}" marker-end="url(#tip)"/>`;

/** A whole picture. @param title what it is, @param description what it shows, for those who do not see it */
export function picture(size: [number, number], title: string, description: string, parts: readonly string[]): string {
  const [width, height] = size;
  return `${[
    NOTICE,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `  <title id="title">${escaped(title)}</title>`,
    `  <desc id="description">${escaped(description)}</desc>`,
    `  <style>${STYLE}</style>`,
    '  <defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="head" d="M0 0 L10 5 L0 10 z"/></marker></defs>',
    `  <rect class="ground" width="${width}" height="${height}" rx="10"/>`,
    ...parts.map((part) => `  ${part}`),
    "</svg>",
  ].join("\n")}\n`;
}
