/** Header fields by their lower-case names; several values are several lines. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** The parts of an answer, before it becomes a `Response`. A host with a faster way to send it takes the parts. */
export class Answer {
  readonly status: number;
  readonly headers: Fields;
  readonly body: string | null;
  readonly #init: Init;
  #length: number | undefined;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #head: Answer | undefined;
  #wasMade = false;
  // The Response class that `#make` was made for, and a function that makes another equal Response.
  #class: typeof Response | undefined;
  #make: (() => Response) | undefined;

  constructor(status: number, headers: Fields, body: string | null, init: Init = new Init(status, headers)) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.#init = init;
  }

  /** The length of the body in bytes. */
  get length(): number {
    if (this.#length === undefined) {
      const bytes = new TextEncoder().encode(this.body ?? "");
      this.#length = bytes.length;
      if (!this.#isAscii) this.#bytes = bytes;
    }
    return this.#length;
  }

  /**
   * The body as a Node server sends it with the least effort. If it is bytes, all later answers share them: give them only
   * to code that does not change them.
   */
  get payload(): string | Uint8Array | null {
    return this.body === null || this.#isAscii ? this.body : this.#encode();
  }

  /** The same answer to HEAD. With its length: some servers would say that a missing body has 0 bytes (RFC 9110 section 8.6). */
  get head(): Answer {
    return this.#head ??= new Answer(this.status, { ...this.headers, "content-length": String(this.length) }, null);
  }

  /** An answer with the same status and header fields, and the same preparation of these. */
  withBody(body: string): Answer {
    return new Answer(this.status, this.headers, body, this.#init);
  }

  /** The same answer with other values of some header fields. It is not prepared for being sent often. */
  withFields(fields: Fields): Answer {
    return new Answer(this.status, { ...this.headers, ...fields }, this.body);
  }

  /** A fresh `Response` of the class that is global now: servers put a faster one there. */
  toResponse(): Response {
    const ResponseClass = globalThis.Response;
    if (this.#class === ResponseClass) return this.#make!();
    // Many answers are given once: preparing for more pays from the second time on. And the gate makes nothing earlier:
    // Workers allow no Response at the top level of a module, where users make gates.
    if (!this.#wasMade) {
      this.#wasMade = true;
      return new ResponseClass(this.body, this.#init.of(learnAbout(ResponseClass)));
    }
    this.#make = this.#makerFor(ResponseClass);
    this.#class = ResponseClass;
    return this.#make();
  }

  get #isAscii(): boolean {
    return this.length === this.body?.length;
  }

  #encode(): Uint8Array<ArrayBuffer> {
    return this.#bytes ??= new TextEncoder().encode(this.body!);
  }

  /** The cheapest way to make equal Responses, as the benchmark of this repository measures it. */
  #makerFor(ResponseClass: typeof Response): () => Response {
    const { body } = this;
    const init = this.#init;
    if ("Deno" in globalThis && ResponseClass === OwnResponse) {
      // Only Deno copies no stream for a clone: elsewhere each would split the template's stream again. The body is text,
      // because bytes would be shared with whoever reads them.
      const template = new ResponseClass(body, init.shared);
      return () => template.clone();
    }
    if ("Bun" in globalThis && ResponseClass === OwnResponse) {
      const template = new ResponseClass(null, init.shared);
      return () => new ResponseClass(body, template);
    }
    const traits = learnAbout(ResponseClass);
    // A short text is encoded as fast as its bytes are copied.
    if (body === null || body.length < LONG) return () => new ResponseClass(body, init.of(traits));
    const bytes = this.#encode();
    const spare = this.#isAscii ? body : undefined;
    return () => new ResponseClass(traits.copiesBytes ? bytes : spare ?? bytes.slice(), init.of(traits));
  }
}

/** The length from which on Node makes a Response faster from bytes than from text. */
const LONG = 1_024;

/** Whether a value is an {@link Answer}, also one of another copy of this package. */
export function isAnswer(value: Answer | Response): value is Answer {
  return "toResponse" in value;
}

/** The status and the header fields as a class of Response takes them. They are made when they are first needed. */
class Init {
  readonly #status: number;
  readonly #fields: Fields;
  readonly #isPlain: boolean;
  #shared: { status: number; headers: Headers } | undefined;

  constructor(status: number, fields: Fields) {
    this.#status = status;
    this.#fields = fields;
    this.#isPlain = Object.values(fields).every((value) => typeof value === "string");
  }

  /** The same for all Responses of a class that copies the fields. */
  get shared(): { status: number; headers: Headers } {
    return this.#shared ??= { status: this.#status, headers: new Headers(this.#entries()) };
  }

  /** For a class with these traits. */
  of(traits: Traits): ResponseInit {
    if (traits.copiesFields) return this.shared;
    // The classes of servers are fastest with an object.
    const headers = this.#isPlain ? { ...this.#fields } as Record<string, string> : this.#entries();
    return { status: this.#status, headers };
  }

  #entries(): [string, string][] {
    return Object.entries(this.#fields).flatMap(([name, value]) =>
      [value].flat().map((each): [string, string] => [name, each])
    );
  }
}

/** Whether the readers of a Response of a class change only their own copy, as the Fetch standard says. */
interface Traits {
  copiesFields: boolean;
  copiesBytes: boolean;
}

// Node loads its Fetch API when it is first touched, so it is not touched there before it is needed.
const OwnResponse = "Deno" in globalThis || "Bun" in globalThis ? globalThis.Response : undefined;

const known = new WeakMap<typeof Response, Traits>();

/**
 * The traits of a class, which this tries out first: classes that servers put in place of the runtime's keep what they are
 * given, and may hand it to the reader of the Response.
 */
function learnAbout(ResponseClass: typeof Response): Traits {
  let traits = known.get(ResponseClass);
  if (traits === undefined) {
    const isOwn = ResponseClass === OwnResponse;
    known.set(ResponseClass, traits = { copiesFields: isOwn, copiesBytes: isOwn });
    if (!isOwn) void tryOut(ResponseClass, traits);
  }
  return traits;
}

async function tryOut(ResponseClass: typeof Response, traits: Traits): Promise<void> {
  try {
    const bytes = Uint8Array.of(1);
    const headers = new Headers({ "x-from": "1" });
    const make = () => new ResponseClass(bytes, { headers });
    make().headers.set("x-from", "2");
    traits.copiesFields = headers.get("x-from") === "1";
    new Uint8Array(await make().arrayBuffer()).fill(2);
    new Uint8Array(await make().clone().arrayBuffer()).fill(2);
    // Not every runtime has it.
    (await (make() as Partial<Response>).bytes?.())?.fill(2);
    (await make().body!.getReader().read()).value!.fill(2);
    traits.copiesBytes = bytes[0] === 1;
  } catch {
    // A class that cannot be tried out gets copies.
  }
}
