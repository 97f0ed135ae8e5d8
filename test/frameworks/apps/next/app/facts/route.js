import { cookies, headers } from "next/headers";
import { userOf } from "../../kit.mjs";

export async function GET() {
  const fields = await headers();
  const jar = await cookies();
  jar.set("app", "1");
  return Response.json({
    ip: fields.get("x-forwarded-for"),
    cookie: jar.get("probe")?.value,
    user: userOf(fields.get("cookie")),
  });
}
