/** The kind of a request that was let in, or of work that no request started. */
export type RequestKind = "request" | "event-stream" | "upgrade" | "work";

/** What is in force: the same object as long as the same maintenances are, and `undefined` while none is. */
export type InForce = object | undefined;

/** The kinds that may never end, so that they are counted apart. */
export type StreamKind = "event-stream" | "upgrade";

/** A request of the Fetch API or of Node, by the members that name it. */
export interface NamedRequest {
  /** The method. */
  readonly method?: string | undefined;
  /** The URL or the target of the request, with the query. */
  readonly url?: string | undefined;
  /** The whole target: Express cuts the path at which the gate is mounted off `url`. */
  readonly originalUrl?: string | undefined;
}

/** A request that was let in and is not finished, or work that is not finished. */
export class TrackedRequest {
  /** The request. Its method and its path are read when an operator asks. */
  request: NamedRequest;
  /** The time when it was let in, in milliseconds since 1970. */
  readonly since: number = Date.now();
  kind: RequestKind;
  /** The number of changes of the state before it was let in. */
  readonly epoch: number;
  /** Finds out how far it has come. */
  look: (tracked: TrackedRequest) => void;
  /** Whatever the host needs to find that out. */
  host: unknown = undefined;
  /** The result of the app, or a weak reference to a promise of it; `null` until the app has returned. */
  result: unknown = null;
  /** Its neighbours in the list of unfinished requests. */
  previous: TrackedRequest | undefined = undefined;
  next: TrackedRequest | undefined = undefined;
  isOpen = true;

  constructor(kind: RequestKind, request: NamedRequest, epoch: number, look: TrackedRequest["look"]) {
    this.kind = kind;
    this.request = request;
    this.epoch = epoch;
    this.look = look;
  }
}

/** The numbers of unfinished requests. */
export interface RequestCount {
  /** Unfinished requests and work, without streams. */
  readonly inFlight: number;
  /** Those that were let in before the last change of the state. */
  readonly before: number;
  /** Open event streams and upgraded connections. */
  readonly streams: number;
}

/** Whether something of a kind may never end. */
export function isStream(kind: RequestKind): kind is StreamKind {
  return kind === "event-stream" || kind === "upgrade";
}

/** The least number of requests in the list from which on the tracker looks for those that have finished in silence. */
const LOOK_FROM = 64;

/** How work finds out how far it has come: it reports its end by itself. */
const knows = (): void => {};

/** Counts the requests that were let in and are not finished, and work that no request started. */
export class RequestTracker {
  readonly #onDrained: () => void;
  // A linked list: each request pays for entering and leaving it, which costs next to nothing.
  #first: TrackedRequest | undefined;
  #last: TrackedRequest | undefined;
  #size = 0;
  #lookFrom = LOOK_FROM;
  #isLooking = false;
  #epoch = 0;
  #inForce: InForce;
  // Unfinished requests of this epoch and of earlier ones, without streams.
  #current = 0;
  #before = 0;

  /** @param onDrained Called when the last request from before the last change has finished. */
  constructor(onDrained: () => void) {
    this.#onDrained = onDrained;
  }

  /**
   * Counts a request that is let in.
   *
   * @param request The request.
   * @param inForce What is in force: when that changes, a new epoch begins.
   * @param look Finds out how far the request has come, for hosts that do not report it by themselves: calls {@link leave} or
   * {@link markAsStream}, or does nothing. The tracker calls it before it gives the numbers, and now and then while it counts
   * many requests.
   */
  enter(request: NamedRequest, inForce: InForce, look: TrackedRequest["look"]): TrackedRequest {
    if (inForce !== this.#inForce) this.turn(inForce);
    if (this.#size >= this.#lookFrom) this.#look();
    const tracked = new TrackedRequest("request", request, this.#epoch, look);
    this.#add(tracked);
    this.#current++;
    return tracked;
  }

  /**
   * Counts work that no request started. The gate has not let it in, so work that begins while anything is in force counts as
   * work from before.
   *
   * @param name Its name.
   * @param inForce As for {@link enter}.
   */
  enterWork(name: string, inForce: InForce): TrackedRequest {
    this.sync(inForce);
    const tracked = new TrackedRequest(
      "work",
      { method: "work", url: name },
      this.#epoch - Number(inForce !== undefined),
      knows,
    );
    this.#add(tracked);
    if (inForce !== undefined) this.#before++;
    else this.#current++;
    return tracked;
  }

  #add(tracked: TrackedRequest): void {
    tracked.previous = this.#last;
    if (this.#last === undefined) this.#first = tracked;
    else this.#last.next = tracked;
    this.#last = tracked;
    this.#size++;
  }

  /** Counts a request among the streams from now on. */
  markAsStream(tracked: TrackedRequest, kind: StreamKind): void {
    if (tracked.kind !== "request" || !tracked.isOpen) return;
    tracked.kind = kind;
    this.#uncount(tracked);
  }

  /** Takes a finished request off the list: its response was sent or cancelled. A second call does nothing. */
  leave(tracked: TrackedRequest): void {
    if (!tracked.isOpen) return;
    tracked.isOpen = false;
    this.#size--;
    const { previous, next } = tracked;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // A finished request that the garbage collector has not taken yet must not keep all later ones alive.
    tracked.previous = tracked.next = undefined;
    if (!isStream(tracked.kind)) this.#uncount(tracked);
  }

  #uncount(tracked: TrackedRequest): void {
    if (tracked.epoch === this.#epoch) this.#current--;
    // The listener may ask for the numbers, and must not while they are being found out.
    else if (--this.#before === 0 && !this.#isLooking) this.#onDrained();
  }

  /** Begins a new epoch: all unfinished requests are from before. */
  turn(inForce: InForce): void {
    this.#epoch++;
    this.#inForce = inForce;
    this.#before += this.#current;
    this.#current = 0;
  }

  /** Begins a new epoch if a maintenance has taken force or lost it by the clock. */
  sync(inForce: InForce): void {
    if (inForce !== this.#inForce) this.turn(inForce);
  }

  /** Whether the list holds requests whose end may only be found out by asking for the numbers. */
  get needsSweep(): boolean {
    return this.#size > 0;
  }

  /** Finds out how far the requests have come, and gives the numbers. */
  count(): RequestCount {
    this.#look();
    const inFlight = this.#current + this.#before;
    return { inFlight, before: this.#before, streams: this.#size - inFlight };
  }

  /** The unfinished requests and streams, oldest first. */
  list(): TrackedRequest[] {
    this.#look();
    const open: TrackedRequest[] = [];
    for (let tracked = this.#first; tracked !== undefined; tracked = tracked.next) open.push(tracked);
    return open;
  }

  #look(): void {
    if (this.#isLooking) return;
    const before = this.#before;
    this.#isLooking = true;
    try {
      for (let tracked = this.#first, next; tracked !== undefined; tracked = next) {
        next = tracked.next;
        tracked.look(tracked);
      }
    } finally {
      this.#isLooking = false;
      // From twice as many on: so the tracker looks at each request about once on average, however many there are.
      this.#lookFrom = Math.max(LOOK_FROM, 2 * this.#size);
    }
    if (before > 0 && this.#before === 0) this.#onDrained();
  }

  /** Whether a request was let in before the last change of the state. */
  isFromBefore(tracked: TrackedRequest): boolean {
    return tracked.epoch !== this.#epoch;
  }
}
