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

/** A log that several stores of one client share. */
interface SharedLog {
  last: unknown;
  stores: number;
  stop(): void;
}

/** The logs of clients. A store of its own for each of a thousand tenants must not bring a thousand listeners. */
const logs = new WeakMap<Emitter, SharedLog>();

/** Listens to the errors of a client. Without a listener, an `error` event ends the process. */
export function logErrors(emitter: Emitter): ErrorLog {
  const log = logs.get(emitter) ?? listen(emitter);
  log.stores++;
  let isStopped = false;
  return {
    last: () => log.last,
    stop() {
      if (isStopped) return;
      isStopped = true;
      if (--log.stores === 0) log.stop();
    },
  };
}

function listen(emitter: Emitter): SharedLog {
  const onError = (error: unknown): void => void (log.last = error);
  const onReady = (): void => void (log.last = undefined);
  const log: SharedLog = {
    last: undefined,
    stores: 0,
    stop() {
      emitter.off("error", onError);
      emitter.off("ready", onReady);
      logs.delete(emitter);
    },
  };
  emitter.on("error", onError);
  emitter.on("ready", onReady);
  logs.set(emitter, log);
  return log;
}
