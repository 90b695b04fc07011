// The part of cli-progress 3.12 that the simulator uses; the package has no types.

declare module "cli-progress" {
  interface BarOptions {
    format?: string;
    stream?: NodeJS.WriteStream;
    hideCursor?: boolean;
    clearOnComplete?: boolean;
    barsize?: number;
  }
  class SingleBar {
    constructor(options: BarOptions, preset?: object);
    start(total: number, startValue: number, payload?: Record<string, string>): void;
    update(payload: Record<string, string>): void;
    increment(step: number, payload?: Record<string, string>): void;
    stop(): void;
  }
  const progress: { SingleBar: typeof SingleBar; Presets: { shades_classic: object; rect: object } };
  export default progress;
}
