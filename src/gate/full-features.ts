import { FULL_ANSWER_FEATURES } from "../answer/full-features.ts";
import { admission } from "./admit.ts";
import { createAnnouncer } from "./announcement.ts";
import { createFormResponder } from "./bypass-form.ts";
import { createExplain } from "./explain.ts";
import type { GateFeatures } from "./features.ts";

/** What the full gate can do beyond the least. */
export const FULL_FEATURES: Required<GateFeatures> = {
  ...FULL_ANSWER_FEATURES,
  admission,
  createAnnouncer,
  createExplain,
  createFormResponder,
};
