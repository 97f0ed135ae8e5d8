import { cookies } from "next/headers";
import { isStaffPassword, makeSession } from "../../session";

export async function POST(request: Request): Promise<Response> {
  const form = await request.formData();
  if (isStaffPassword(form.get("password"))) {
    (await cookies()).set("session", makeSession(), { httpOnly: true, sameSite: "lax", maxAge: 86_400 });
  }
  return new Response(null, { status: 303, headers: { location: "/" } });
}
