import type { APIRoute } from "astro";
import { isStaffPassword, staffSession } from "../session.ts";

export const POST: APIRoute = async ({ cookies, redirect, request }) => {
  const form = await request.formData();
  if (!isStaffPassword(form.get("password"))) return new Response("Wrong password\n", { status: 403 });
  cookies.set("session", staffSession, { path: "/", httpOnly: true, sameSite: "lax" });
  return redirect("/", 303);
};
