import { answerBypassLink, type Answerer } from "../answer/answers.ts";
import { forHost } from "../answer/location.ts";
import type { Answer } from "../answer/response.ts";
import type { OpenedLink } from "../bypass/bypass.ts";
import { readFormSecrets } from "../bypass/form-secrets.ts";
import type { MaintenanceContext } from "../types/context.ts";
import type { AnswerDecision } from "../types/decision.ts";
import type { Activation } from "./activation.ts";
import type { Settings } from "./settings.ts";

/**
 * Answers a request that may bring the secret of a bypass in a form, after reading its body. It never throws or rejects.
 *
 * @returns `undefined` if the request brings no such form.
 */
export type FormResponder = (
  request: Request,
  hostInfo: unknown,
  ctx: MaintenanceContext,
  made: AnswerDecision,
) => Promise<Answer | Response> | undefined;

/**
 * Makes a {@link FormResponder}.
 *
 * It does not tell a wrong secret from one of another maintenance, and each try costs what a link costs.
 *
 * @param notify Tells `onDecision`, with no decision if the form has opened the site.
 */
export function createFormResponder(
  { bypass, bypassDomain, asksForSecret }: Settings,
  { inForceNear, sourceOf }: Activation,
  { answer }: Answerer,
  now: () => number,
  notify: (made: AnswerDecision | undefined, request: Request, ctx: MaintenanceContext) => void,
  report: (error: unknown) => void,
): FormResponder {
  function open(request: Request, secrets: readonly string[]): Answer | undefined {
    try {
      const windows = inForceNear(request.url);
      let opened: OpenedLink | undefined;
      for (const window of windows) {
        opened ??= window.bypass?.openWith(secrets, request, now(), window, bypassDomain);
      }
      opened ??= bypass?.openWith(secrets, request, now(), windows[0], bypassDomain);
      return opened && forHost(answerBypassLink(opened.location, opened.cookie, 303), request);
    } catch (error) {
      // Doubt means no.
      report(error);
      return undefined;
    }
  }

  return (request, hostInfo, ctx, made) =>
    readFormSecrets(request, hostInfo)?.then((secrets) => {
      const opened = secrets.length === 0 ? undefined : open(request, secrets);
      notify(opened === undefined ? made : undefined, request, ctx);
      if (opened !== undefined) return opened;
      const state = sourceOf(made, request);
      return answer(request, made, () => state, secrets.length > 0 && asksForSecret?.(state) === true);
    });
}
