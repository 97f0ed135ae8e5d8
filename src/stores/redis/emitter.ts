/** The part of an `EventEmitter` that both packages for Node have. */
export interface Emitter {
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
}

type Listener = (...args: unknown[]) => void;

/** The errors of a client since its connection was last ready. */
export interface ErrorLog {
  /** The last error, or `undefined` if the connection has been ready since. */
  last(): unknown;
  /** Stops listening. */
  stop(): void;
}

/** Listens to the errors of a client. Without a listener, an `error` event ends the process. */
export function logErrors(emitter: Emitter): ErrorLog {
  let last: unknown;
  const onError = (error: unknown): void => void (last = error);
  const onReady = (): void => void (last = undefined);
  emitter.on("error", onError);
  emitter.on("ready", onReady);
  return {
    last: () => last,
    stop: () => {
      emitter.off("error", onError);
      emitter.off("ready", onReady);
    },
  };
}
