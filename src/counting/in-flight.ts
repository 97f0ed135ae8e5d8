/** What kind of thing goes on after a request was let in. */
export type RequestKind = "request" | "event-stream" | "upgrade";

/** What a request is named by: one of the Fetch API, or of Node. */
export interface NamedRequest {
  /** The method. */
  readonly method?: string | undefined;
  /** The URL, or the target of the request, with the query. */
  readonly url?: string | undefined;
  /** The target where Express has cut off the path at which the gate is mounted. */
  readonly originalUrl?: string | undefined;
}

/** A request that was let in and is not finished. */
export class TrackedRequest {
  /** The request, to read its method and its path of when somebody asks. */
  request: NamedRequest;
  /** When it was let in, in milliseconds since 1970. */
  readonly since: number = Date.now();
  /** Event streams and upgraded connections may never end and are counted apart. */
  kind: RequestKind = "request";
  /** In which of the times between two changes of the state it was let in. */
  readonly epoch: number;
  /** Finds out what has become of it. */
  look: (tracked: TrackedRequest) => void;
  /** What the host needs to find out. */
  host: unknown = undefined;
  /** What the app has returned, or a weak reference to a promise of it; `null` as long as it has returned nothing. */
  result: unknown = null;
  /** Its neighbours in the list of those that are not finished. */
  previous: TrackedRequest | undefined = undefined;
  next: TrackedRequest | undefined = undefined;
  isOpen = true;

  constructor(request: NamedRequest, epoch: number, look: TrackedRequest["look"]) {
    this.request = request;
    this.epoch = epoch;
    this.look = look;
  }
}

/** How many requests are going on. */
export interface RequestCount {
  /** Requests that are not finished. */
  readonly inFlight: number;
  /** Those of them that were let in before the last change of the state. */
  readonly before: number;
  /** Event streams and upgraded connections that are open. */
  readonly streams: number;
}

/** How many requests are noted, at least, before it is looked which of them have finished in silence. */
const LOOK_FROM = 64;

/** The requests that were let in and are not finished. */
export class RequestTracker {
  readonly #onDrained: () => void;
  // A list of neighbours: entering and leaving it costs next to nothing, which is what a request pays.
  #first: TrackedRequest | undefined;
  #last: TrackedRequest | undefined;
  #size = 0;
  #lookFrom = LOOK_FROM;
  #isLooking = false;
  #epoch = 0;
  #isInForce = false;
  // Requests that are not finished, by the epoch they belong to; streams are none of them.
  #current = 0;
  #before = 0;

  /** @param onDrained Called when the last request from before the last change has finished. */
  constructor(onDrained: () => void) {
    this.#onDrained = onDrained;
  }

  /**
   * Notes that a request is let in.
   *
   * @param request The request.
   * @param isInForce Whether the state was in force then: when that changes, so does the epoch.
   * @param look Finds out what has become of it, for hosts that do not tell of all by themselves: calls {@link leave} or
   * {@link markAsStream}, or does nothing. Called before anybody reads the numbers, and now and then when there are many.
   */
  enter(request: NamedRequest, isInForce: boolean, look: TrackedRequest["look"]): TrackedRequest {
    if (isInForce !== this.#isInForce) this.turn(isInForce);
    if (this.#size >= this.#lookFrom) this.#look();
    const tracked = new TrackedRequest(request, this.#epoch, look);
    tracked.previous = this.#last;
    if (this.#last === undefined) this.#first = tracked;
    else this.#last.next = tracked;
    this.#last = tracked;
    this.#size++;
    this.#current++;
    return tracked;
  }

  /** Notes that it has become something that may never end. */
  markAsStream(tracked: TrackedRequest, kind: Exclude<RequestKind, "request">): void {
    if (tracked.kind !== "request" || !tracked.isOpen) return;
    tracked.kind = kind;
    this.#uncount(tracked);
  }

  /** Notes that it is finished: its response was sent or cancelled. Noting it twice does no harm. */
  leave(tracked: TrackedRequest): void {
    if (!tracked.isOpen) return;
    tracked.isOpen = false;
    this.#size--;
    const { previous, next } = tracked;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // A finished one that the garbage collector has not seen yet must not keep alive all that came after it.
    tracked.previous = tracked.next = undefined;
    if (tracked.kind === "request") this.#uncount(tracked);
  }

  #uncount(tracked: TrackedRequest): void {
    if (tracked.epoch === this.#epoch) this.#current--;
    // Whoever is told may ask for the numbers, which has to wait while they are found out.
    else if (--this.#before === 0 && !this.#isLooking) this.#onDrained();
  }

  /** Notes that the state has changed: all requests that are not finished are from before. */
  turn(isInForce: boolean): void {
    this.#epoch++;
    this.#isInForce = isInForce;
    this.#before += this.#current;
    this.#current = 0;
  }

  /** Notes whether the state is in force now, for states that begin and end by the clock. */
  sync(isInForce: boolean): void {
    if (isInForce !== this.#isInForce) this.turn(isInForce);
  }

  /** Whether somebody has to ask for the numbers to learn what has become of requests. */
  get needsSweep(): boolean {
    return this.#size > 0;
  }

  /** The numbers. */
  count(): RequestCount {
    this.#look();
    const inFlight = this.#current + this.#before;
    return { inFlight, before: this.#before, streams: this.#size - inFlight };
  }

  /** The requests that are not finished, those that were let in first in front. */
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
      // Twice as many: so each request is looked at about once on the average, however many there are.
      this.#lookFrom = Math.max(LOOK_FROM, 2 * this.#size);
    }
    if (before > 0 && this.#before === 0) this.#onDrained();
  }

  /** Whether a request was let in before the last change of the state. */
  isFromBefore(tracked: TrackedRequest): boolean {
    return tracked.epoch !== this.#epoch;
  }
}
