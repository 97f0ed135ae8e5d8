import type { TimedState } from "../types/maintenance-state.ts";
import type { Cors } from "./cors.ts";
import type { Grpc } from "./grpc.ts";
import type { Language } from "./language-options.ts";
import type { Languages } from "./languages.ts";
import type { AnswerOptions } from "./options.ts";
import type { Protocol } from "./protocol.ts";
import type { Redirect } from "./redirect.ts";
import type { Fields } from "./response.ts";
import type { Site } from "./site-options.ts";
import type { Trpc } from "./trpc.ts";

/** What the answers can do beyond the least: a page, JSON and text in one language. */
export interface AnswerFeatures {
  /** Chooses among several languages. Without it every answer is in the first one. */
  readonly compileLanguages?: (tags: readonly string[]) => Languages;
  /** Answers GraphQL over HTTP in its own way. Without it such a client gets JSON. */
  readonly graphql?: Protocol;
  /** Answers gRPC in its own way. Without it such a client gets what it accepts. */
  readonly grpc?: Grpc;
  /** Answers tRPC in its own way. Without it such a client gets what it accepts. */
  readonly trpc?: Trpc;
}

/** Options about the answer that were checked, with everything prepared that can be prepared. */
export interface AnswerSettings extends Pick<AnswerOptions, "handler503" | "page" | "responseType" | "retryAfter"> {
  readonly statusCode: number;
  readonly retryJitter: number;
  readonly redirect: Redirect | undefined;
  readonly site: Site;
  /** The languages of the answers, the default first. */
  readonly languages: readonly Language[];
  /** Which other origins may read the answers; `undefined` for none. */
  readonly cors: Cors | undefined;
  /** The fields of `headers` by their lower-case names. */
  readonly headers: Fields;
  /** Whether the built-in page asks for the secret of a bypass, by the maintenance that answers; left out if it never does. */
  readonly asksForSecret?: (state: TimedState | undefined) => boolean;
  readonly features: AnswerFeatures;
}

/** The languages of the answers, and the choice among them if there is one. */
export function languagesOf({ languages, features }: Pick<AnswerSettings, "languages" | "features">): Languages {
  const tags = languages.map(({ tag }) => tag);
  return features.compileLanguages?.(tags) ?? { tags: tags.slice(0, 1), choose: () => 0, placeOf: () => 0 };
}
