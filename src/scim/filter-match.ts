// Whether a resource fulfils a filter. A filter is prepared once and asked often: its texts are folded, its equations on one
// place are a set, and what an element has at a place is folded once for all parts that compare it.

import { toComparable } from "./comparison.ts";
import { type Filter, isPresent, type Operator, type Path } from "./filter.ts";
import { isJsonObject, own, toList } from "./json.ts";
import type { Attribute, Json, Resource } from "./schema.ts";
import { stepsOfText, type Work } from "./work.ts";

type Comparable = string | number;

/** One resource, or one element, while a filter is asked of it. */
interface Frame {
  resource: Resource;
  work: Work;
  /** What is at each place that the filter compares, as it compares it. */
  places: (readonly Comparable[] | undefined)[];
}

type Test = (frame: Frame) => boolean;

interface Prepared {
  /** What asking it once costs, apart from the filters inside its paths. */
  steps: number;
  test: Test;
}

const prepared = new WeakMap<Filter, Prepared>();

/** Whether a rendered resource (one with `id`, `schemas` and `meta`) fulfils the filter. */
export function matches(filter: Filter, resource: Resource, work: Work): boolean {
  let known = prepared.get(filter);
  if (!known) {
    known = prepare(filter);
    prepared.set(filter, known);
  }
  work.charge(known.steps);
  return known.test({ resource, work, places: [] });
}

/** Whether one element of a multi-valued attribute fulfils the filter of a value path. */
export function matchesElement(filter: Filter, element: Json, work: Work): boolean {
  return matches(filter, isJsonObject(element) ? element : { value: element }, work);
}

/** The values at a path: none where it is unassigned or not held. */
export function valuesAt(path: Path, resource: Resource, work: Work): readonly Json[] {
  if (!path.held) return [];
  const container = path.schema === undefined ? resource : own(resource, path.schema);
  if (!isJsonObject(container)) return [];
  const { attribute, filter, sub } = path;
  if (!attribute) return [container];
  const all = toList(own(container, attribute.name));
  const selected = filter ? all.filter((element) => matchesElement(filter, element, work)) : all;
  if (!sub) return selected;
  return selected.flatMap((element) => toList(isJsonObject(element) ? own(element, sub.name) : undefined));
}

function prepare(filter: Filter): Prepared {
  const places = new Map<string, number>();
  let nodes = 0;

  const visit = (node: Filter): Test => {
    nodes += 1;
    switch (node.kind) {
      case "or":
        return visitTerms(node, "eq");
      case "and":
        return visitTerms(node, "ne");
      case "not": {
        const term = visit(node.term);
        return (frame) => !term(frame);
      }
      case "present":
      case "valuePath":
        return ({ resource, work }) => valuesAt(node.path, resource, work).some((value) => isPresent(value));
      case "compare":
        return visitComparison(node);
    }
  };

  /** Of terms joined by `or` those that ask one place for equality are one look-up in a set; by `and`, for inequality. */
  const visitTerms = ({ kind, terms }: Filter & { kind: "and" | "or" }, folded: Operator): Test => {
    const sets = new Map<number, { at: PlaceReader; values: Set<Comparable> }>();
    const rest: Test[] = [];
    for (const term of flatten(kind, terms)) {
      const attribute = term.kind === "compare" && term.operator === folded && attributeOf(term.path);
      if (!attribute || term.kind !== "compare" || term.value === null) {
        rest.push(visit(term));
        continue;
      }
      const at = placeOf(term.path, attribute, "eq");
      const values = sets.get(at.index)?.values ?? new Set();
      values.add(toComparable(attribute, term.value));
      sets.set(at.index, { at, values });
    }
    const lookUps = [...sets.values()].map(({ at, values }): Test => {
      nodes += 1;
      const isIn: Test = (frame) => at.read(frame).some((value) => values.has(value) && !Number.isNaN(value));
      return folded === "eq" ? isIn : (frame) => !isIn(frame);
    });
    const tests = [...lookUps, ...rest];
    return kind === "or" ? (frame) => tests.some((test) => test(frame)) : (frame) => tests.every((test) => test(frame));
  };

  const visitComparison = ({ path, operator, value }: Filter & { kind: "compare" }): Test => {
    const attribute = attributeOf(path);
    if (value === null || !attribute) {
      return ({ resource, work }) => {
        const isNull = !valuesAt(path, resource, work).some((one) => isPresent(one));
        if (value === null) return operator === "eq" ? isNull : !isNull;
        return operator === "ne";
      };
    }
    const at = placeOf(path, attribute, operator);
    const wanted = toComparable(attribute, value, operator);
    if (operator === "ne") return (frame) => !at.read(frame).some((one) => one === wanted);
    const compare = COMPARE[operator];
    const looksThrough = operator === "co" || operator === "sw" || operator === "ew";
    return (frame) =>
      at.read(frame).some((one) => {
        if (looksThrough && typeof one === "string") frame.work.charge(stepsOfText(one));
        return compare(one, wanted);
      });
  };

  /** What is at a place is read and folded when the first part of the filter asks for it. */
  const placeOf = (path: Path, attribute: Attribute, operator: Operator): PlaceReader => {
    const key = `${toKind(attribute, operator)} ${path.text}`;
    const index = places.get(key) ?? places.size;
    places.set(key, index);
    return {
      index,
      read(frame) {
        frame.places[index] ??= valuesAt(path, frame.resource, frame.work).map((value) => {
          if (typeof value === "string") frame.work.charge(2 * stepsOfText(value));
          return toComparable(attribute, value, operator);
        });
        return frame.places[index];
      },
    };
  };

  const test = visit(filter);
  // Folding a text costs as much as comparing it several times.
  return { steps: nodes + 2 * places.size, test };
}

interface PlaceReader {
  index: number;
  read(frame: Frame): readonly Comparable[];
}

const attributeOf = ({ sub, attribute }: Path): Attribute | undefined => sub ?? attribute;

/** Addresses are looked through as they are, and compared by what they name. */
const toKind = ({ type }: Attribute, operator: Operator): string =>
  type === "reference" && (operator === "co" || operator === "sw" || operator === "ew") ? "text" : "";

/** The terms, with those of junctions of the same kind in the place of the junction. */
function flatten(kind: "and" | "or", terms: readonly Filter[]): Filter[] {
  return terms.flatMap((term) => (term.kind === kind ? flatten(kind, term.terms) : [term]));
}

/** Of a value that has no order, which is NaN, nothing is true. */
const COMPARE: Record<Exclude<Operator, "ne">, (left: Comparable, right: Comparable) => boolean> = {
  eq: (left, right) => left === right,
  gt: (left, right) => left > right,
  ge: (left, right) => left >= right,
  lt: (left, right) => left < right,
  le: (left, right) => left <= right,
  co: (left, right) => String(left).includes(String(right)),
  sw: (left, right) => String(left).startsWith(String(right)),
  ew: (left, right) => String(left).endsWith(String(right)),
};
