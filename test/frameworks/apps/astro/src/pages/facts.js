export function GET({ cookies, clientAddress, locals }) {
  cookies.set("app", "1", { path: "/" });
  return Response.json({ ip: clientAddress, cookie: cookies.get("probe")?.value, user: locals.user });
}
