// The adapter contract: everything that Portico asks of a vendor, and the only file of src/ that an adapter imports. What
// belongs together stands together in contract/.

export * from "./contract/attributes.ts";
export * from "./contract/calls.ts";
export * from "./contract/define.ts";
export * from "./contract/deviations.ts";
export * from "./contract/faults.ts";
export * from "./contract/fields.ts";
export * from "./contract/operations.ts";
export * from "./contract/shapes.ts";
export * from "./contract/transport.ts";
