import { pathOf } from "../match/url/url-path.ts";
import type { Answer } from "./response.ts";

/** How many answers to different paths one answer context keeps, in all languages and variants together. */
const MOST_PATHS = 512;

/** The longest path that an answer repeats, in characters. */
const LONGEST_PATH = 2_048;

/** The longest path whose answer is kept, in characters. */
const LONGEST_KEPT_PATH = 256;

/** How many URLs are kept with their answers, for each representation. */
const SLOTS = 16;

/** How many more answers to different paths may be kept. */
export interface PathRoom {
  left: number;
}

/** Room for the answers of one answer context. */
export function createPathRoom(): PathRoom {
  return { left: MOST_PATHS };
}

/** Problem details that differ in the path that was asked for. */
export class PathAnswers {
  readonly #base: Answer;
  readonly #head: string;
  readonly #tail: string;
  readonly #room: PathRoom;
  readonly #kept = new Map<string, Answer>();
  // Programs ask for the same again and again, and comparing is faster than reading: one URL is kept for each length.
  readonly #urls: string[] = [];
  readonly #answers: Answer[] = [];

  /**
   * Joins the parts of the answers.
   *
   * @param base The answer without its body.
   * @param head The JSON in front of the path, without a comma at its end.
   * @param tail The JSON behind it.
   * @param room What the answer context shares.
   */
  constructor(base: Answer, head: string, tail: string, room: PathRoom) {
    this.#base = base;
    this.#head = head;
    this.#tail = tail;
    this.#room = room;
  }

  /** The answer to a request for a URL. */
  get(url: string): Answer {
    const slot = url.length % SLOTS;
    if (this.#urls[slot] === url) return this.#answers[slot]!;
    const path = pathOf(url);
    const kept = this.#kept.get(path);
    if (kept === undefined) return this.#make(path);
    if (url.length <= LONGEST_KEPT_PATH) [this.#urls[slot], this.#answers[slot]] = [url, kept];
    return kept;
  }

  #make(path: string): Answer {
    // "//host/path" as a reference would be of another host.
    const reference = path.startsWith("//") ? `/.${path}` : path;
    const instance = path.length > LONGEST_PATH ? undefined : JSON.stringify(reference);
    const member = instance === undefined ? "" : `,"instance":${instance}`;
    const answer = this.#base.withBody(`${this.#head}${member},${this.#tail}`);
    // Full is full: a client that asks for ever other paths costs no memory, and evicts no other answer.
    if (instance !== undefined && reference === path && path.length <= LONGEST_KEPT_PATH && this.#room.left > 0) {
      this.#room.left--;
      // A copy: engines let a part of a text hold on to all of it, here a URL with a query of any length.
      this.#kept.set(JSON.parse(instance) as string, answer);
    }
    return answer;
  }
}
