import type { AnswerFeatures } from "./answer-settings.ts";
import { graphql } from "./graphql.ts";
import { grpc } from "./grpc.ts";
import { compileLanguages } from "./languages.ts";
import { trpc } from "./trpc.ts";

/** What the answers of the full gate can do beyond the least. */
export const FULL_ANSWER_FEATURES: Required<AnswerFeatures> = { compileLanguages, graphql, grpc, trpc };
