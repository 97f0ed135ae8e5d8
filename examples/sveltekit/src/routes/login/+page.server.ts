import { fail, redirect } from "@sveltejs/kit";
import { isStaffPassword, staffSession } from "../../lib/server/session.ts";
import type { Actions } from "./$types";

export const actions: Actions = {
  default: async ({ cookies, request }) => {
    const form = await request.formData();
    if (!isStaffPassword(form.get("password"))) return fail(403);
    cookies.set("session", staffSession, { path: "/" });
    redirect(303, "/");
  },
};
