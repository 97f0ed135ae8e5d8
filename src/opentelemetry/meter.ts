/** The attributes of a measurement. */
export type MetricAttributes = Readonly<Record<string, string | number | boolean>>;

/** What an instrument is called for people, and its unit. */
export interface MetricOptions {
  /** One sentence about the values. */
  description?: string;
  /** The unit in the notation of UCUM, such as `s`. */
  unit?: string;
}

/** Takes the values at one reading. */
export interface MetricResultLike {
  /** Takes a value of an instrument. */
  observe(instrument: object, value: number, attributes?: MetricAttributes): void;
}

/** A `Meter` of `@opentelemetry/api`, by the members in use. */
export interface MeterLike {
  /** Makes a counter that only grows. */
  createObservableCounter(name: string, options?: MetricOptions): object;
  /** Makes an instrument whose values cannot be added up. */
  createObservableGauge(name: string, options?: MetricOptions): object;
  /** Makes an instrument whose values can be added up. */
  createObservableUpDownCounter(name: string, options?: MetricOptions): object;
  /** Calls a function at each reading of the instruments. */
  addBatchObservableCallback(callback: (result: MetricResultLike) => void, instruments: object[]): void;
  /** Calls it no more. */
  removeBatchObservableCallback(callback: (result: MetricResultLike) => void, instruments: object[]): void;
}

/** The methods that a meter has to have. */
export const METER_METHODS: readonly (keyof MeterLike)[] = [
  "createObservableCounter",
  "createObservableGauge",
  "createObservableUpDownCounter",
  "addBatchObservableCallback",
  "removeBatchObservableCallback",
];
