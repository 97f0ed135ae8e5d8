import type { AnswerFeatures } from "../answer/answer-settings.ts";
import type { Admission } from "./admit.ts";
import type { createAnnouncer } from "./announcement.ts";
import type { createExplain } from "./explain.ts";
import type { createFormResponder } from "./bypass-form.ts";
import type { Settings } from "./settings.ts";

/** What a gate can do beyond the least. The tiny gate has nothing of it, and nothing of it is in its bundle. */
export interface GateFeatures extends AnswerFeatures {
  /** Lets in a share of the visitors: `admit` of a state. */
  readonly admission?: Admission;
  /** Tells of maintenance that begins soon or is in force: `announce` and `notice()`. */
  readonly createAnnouncer?: typeof createAnnouncer;
  /** Lets in visitors who fill in the secret of a bypass on the page: `bypassForm`. */
  readonly createFormResponder?: typeof createFormResponder;
  /** Says in `explain()` what has matched. */
  readonly createExplain?: typeof createExplain;
}

/** The settings of a gate with its features. */
export interface GateSettings extends Settings {
  readonly features: GateFeatures;
}
