/** `isStaff` and `allow`. */
import { answered, badge, html, listCases, through } from "./_words.ts";

const { cases, add, one } = listCases();
export { cases };

for (const gate of ["staff", "staff-async"]) {
  add(
    `isStaff: ${gate === "staff" ? "at once" : "after a while"}`,
    gate,
    [],
    {
      request: { ...badge, method: "POST", body: "kept" },
      expect: through({ body: "kept" }, {
        notes: { staff: 1, staffHostInfo: [true], decisions: ["staff"], errors: [] },
      }),
    },
    { request: {}, expect: answered({ notes: { staff: 1, decisions: ["maintenance"], errors: [] } }) },
  );
}
for (const gate of ["staff", "staff-async"]) {
  one(
    `isStaff: what the app throws for staff is the host's business${gate === "staff" ? "" : ", after a while too"}`,
    gate,
    [
      "fetch-app",
    ],
    { ...badge, target: "/throw" },
    { status: [500, 0], headers: { "retry-after": null, "cache-control": null } },
  );
}
add(
  "isStaff: without an app, the network answers staff after a while",
  "staff-no-app",
  ["navigation"],
  {
    request: { ...badge, target: "/n", method: "POST", body: "kept" },
    expect: through({ reached: "network", body: "kept" }),
  },
  { request: { target: "/n" }, expect: html },
  { request: { target: "/n?badge=yes", navigate: true }, expect: through({ reached: "network" }) },
  { request: { target: "/n", navigate: true }, expect: answered({ body: /<title>/ }) },
);
for (const gate of ["staff-throws", "staff-rejects"]) {
  one(
    `isStaff: one that ${gate.slice(6)} is no staff, and onError hears`,
    gate,
    [],
    badge,
    answered({
      notes: { staff: 1, errors: /session store/, decisions: ["maintenance"] },
    }),
  );
}
one("isStaff: with allowStaff false nobody asks", "staff-not-allowed", [], {}, answered({ notes: { staff: 0 } }));
for (
  const [what, because, request, needs] of [
    ["an ignored URL", "ignored-url", { target: "/health", ...badge }, []],
    ["an allowed request", "allowed", { headers: { "x-pass": "yes", "x-badge": "yes" } }, []],
    ["an internal address", "internal-ip", { clientIp: "10.1.2.3", ...badge }, ["client-ip"]],
  ] as const
) {
  one(
    `isStaff: not asked for ${what}`,
    "order",
    needs,
    request,
    through({}, {
      notes: { staff: 0, decisions: [because] },
    }),
  );
}
one("isStaff: asked for all others", "order", [], badge, through({}, { notes: { staff: 1, decisions: ["staff"] } }));

// ---- allow

add(
  "allow: true passes, false does not",
  "allow",
  [],
  {
    request: { headers: { "x-pass": "yes" }, method: "POST", body: "kept" },
    expect: through({ body: "kept" }, { notes: { allow: 1, decisions: ["allowed"] } }),
  },
  { request: {}, expect: answered({ notes: { allow: 1, decisions: ["maintenance"] } }) },
);
one(
  "allow: the app gets the same Request that allow saw",
  "allow",
  ["fetch-app"],
  { headers: { "x-pass": "yes" } },
  through({
    same: true,
    hostInfo: true,
  }),
);
for (
  const [gate, what] of [["allow-throws", "that throws"], ["allow-promise", "that promises"], [
    "allow-truthy",
    'that says "yes"',
  ]]
) {
  one(`allow: one ${what} lets nobody in, and onError hears`, gate!, [], {}, answered({ notes: { errors: /\w{5}/ } }));
}
