import { describe, expect, test } from "vitest";
import { withMaintenance } from "../../src/frameworks/aws-lambda.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { httpApi, loadBalancer, restApi } from "./_lambda-events.ts";

const on = maintenanceMode({
  enabled: true,
  ignoreUrls: ["/health"],
  internalIps: ["203.0.113.9"],
  bypassSecret: "0123456789abcdef0123",
});
const closed = maintenanceMode({ enabled: true, ignoreUrls: ["/health"], bypassSecret: "0123456789abcdef0123" });

const app = (event: { readonly body?: string | null }) =>
  Promise.resolve({
    statusCode: 201,
    headers: { "Content-Type": "text/plain", "Cache-Control": "public" },
    body: event.body,
  });

describe.each([
  ["an HTTP API", httpApi],
  ["a REST API", restApi],
  ["a load balancer", loadBalancer],
])("withMaintenance() behind %s", (_name, makeEvent) => {
  const handler = withMaintenance(closed, app);
  const ask = (asked: Parameters<typeof makeEvent>[0] = {}) => handler(makeEvent(asked), {});

  test("leaves the handler alone while maintenance is off", async () => {
    const result = { statusCode: 200, body: "as it is" };
    const off = withMaintenance(maintenanceMode({ enabled: false }), () => Promise.resolve(result));
    expect(await off(makeEvent(), {})).toBe(result);
  });

  test("answers with the page", async () => {
    const answer = await ask() as { headers?: Record<string, string>; multiValueHeaders?: Record<string, string[]> };
    const { "content-type": type, "cache-control": caching } = answer.headers ?? answer.multiValueHeaders!;
    expect(answer).toMatchObject({
      statusCode: 503,
      isBase64Encoded: false,
      body: expect.stringContaining("Down for"),
    });
    expect([type, caching].flat()).toEqual(["text/html; charset=utf-8", "no-store"]);
  });

  test("answers a program in JSON, and HEAD without a body", async () => {
    const json = await ask({ headers: { accept: "application/json" } });
    expect(JSON.parse(json.body!)).toMatchObject({ status: 503 });
    expect(await ask({ method: "HEAD" })).toMatchObject({ statusCode: 503, body: "" });
  });

  test("lets an ignored URL pass with its own fields, and answers POST", async () => {
    expect(await ask({ path: "/health" })).toMatchObject({ statusCode: 201, headers: { "Cache-Control": "public" } });
    expect(await ask({ method: "POST", path: "/orders", body: "a body" })).toMatchObject({ statusCode: 503 });
  });

  test("takes no other URL for an ignored one", async () => {
    for (const path of ["/a/../health", "/health?", "/health#", "\\health", "/%2e/health", "/healthé"]) {
      expect([path, (await ask({ path })).statusCode]).toEqual([path, 503]);
    }
    expect((await ask({ path: "/orders", headers: { host: "x/health?" } })).statusCode).toBe(503);
  });

  test("passes header fields over that are none", async () => {
    expect((await ask({ headers: { "x-name": "€", "": "empty" } })).statusCode).toBe(503);
  });

  test("gives staff the handler's result, which no cache may keep", async () => {
    const seen: unknown[] = [];
    const event = makeEvent({ method: "POST", body: "a body", headers: { authorization: "Bearer staff" } });
    const handler = withMaintenance(closed, app, {
      isStaff(request, { event, context }) {
        seen.push(event, context);
        return request.headers.get("authorization") === "Bearer staff";
      },
    });
    const context = { awsRequestId: "1" };
    const result = await handler(event, context);
    expect(seen).toEqual([event, context]);
    const { headers, multiValueHeaders } = result as { headers?: object; multiValueHeaders?: object };
    expect(Object.entries(headers ?? multiValueHeaders!).flat(2)).toEqual(
      ["cache-control", "private, no-store", "content-type", "text/plain"],
    );
    expect(result).toMatchObject({ statusCode: 201, body: event.body });
  });

  test("passes the error of a handler on", async () => {
    const failing = withMaintenance(closed, () => Promise.reject(new Error("the app fails")));
    await expect(failing(makeEvent({ path: "/health" }), {})).rejects.toThrow("the app fails");
  });
});

test.each([["an HTTP API", httpApi], ["a REST API", restApi]])(
  "withMaintenance() takes the address that %s has seen",
  async (_name, makeEvent) => {
    expect((await withMaintenance(on, app)(makeEvent(), {})).statusCode).toBe(201);
  },
);

test("withMaintenance() believes no client about its address behind a load balancer", async () => {
  expect((await withMaintenance(on, app)(loadBalancer(), {})).statusCode).toBe(503);
});

test("withMaintenance() believes the proxies that trustProxy names", async () => {
  const gate = maintenanceMode({ enabled: true, internalIps: ["192.0.2.7"] });
  const handler = withMaintenance(gate, app, { trustProxy: ["203.0.113.0/24"] });
  const ask = async (address: string) =>
    (await handler(httpApi({ headers: { "x-forwarded-for": address } }), {})).statusCode;
  expect([await ask("192.0.2.7"), await ask("192.0.2.8")]).toEqual([201, 503]);
});

test("withMaintenance() sets the bypass cookie, which lets in", async () => {
  const handler = withMaintenance(closed, app);
  const query = "maintenance-bypass=0123456789abcdef0123";
  const link = await handler(httpApi({ path: "/shop", query }), {}) as {
    headers: Record<string, string>;
    cookies: string[];
  };
  expect([link.headers["location"], link.cookies.length]).toEqual(["/shop", 1]);
  const cookies = [link.cookies[0]!.split(";")[0]!, "other=1"];
  expect((await handler(httpApi({ path: "/shop", cookies }), {})).statusCode).toBe(201);

  const rest = await handler(restApi({ path: "/shop", query }), {}) as { multiValueHeaders: Record<string, string[]> };
  expect(rest.multiValueHeaders["set-cookie"]).toHaveLength(1);
  expect((await handler(restApi({ cookies }), {})).statusCode).toBe(201);
});

test("withMaintenance() reads the secret of a form in Base64", async () => {
  const gate = maintenanceMode({ enabled: true, bypassSecret: "0123456789abcdef0123", bypassForm: true });
  const headers = { "content-type": "application/x-www-form-urlencoded", origin: "https://shop.example.com" };
  const body = "maintenance-bypass=0123456789abcdef0123";
  const answer = await withMaintenance(gate, app)(httpApi({ method: "POST", path: "/shop", headers, body }), {});
  expect(answer).toMatchObject({ statusCode: 303, headers: { location: "/shop" } });
});

test("withMaintenance() knows the stage on the domain that AWS gives to an API", async () => {
  const handler = withMaintenance(closed, app);
  const query = "maintenance-bypass=0123456789abcdef0123";
  const staged = (path: string, query = "") => {
    const event = httpApi({ path, query });
    return {
      ...event,
      requestContext: { ...event.requestContext, stage: "prod", domainName: "id.execute-api.us-east-1.amazonaws.com" },
    };
  };
  expect((await handler(staged("/prod/health"), {})).statusCode).toBe(201);
  expect(await handler(staged("/prod/shop", query), {})).toMatchObject({ headers: { location: "/prod/shop" } });
  const rest = restApi({ path: "/health" });
  const stagedRest = {
    ...rest,
    requestContext: { ...rest.requestContext, domainName: "id.execute-api.us-east-1.amazonaws.com" },
  };
  expect((await handler(stagedRest, {})).statusCode).toBe(201);
});

test("withMaintenance() adds fields to results that are a body alone", async () => {
  const handler = withMaintenance(closed, () => Promise.resolve({ hello: "staff" }), { isStaff: () => true });
  expect(await handler(httpApi(), {})).toEqual({
    statusCode: 200,
    headers: { "content-type": "application/json", "cache-control": "private, no-store" },
    body: '{"hello":"staff"}',
  });
});

test("withMaintenance() keeps the cookies that a handler sets", async () => {
  const result = { statusCode: 200, cookies: ["a=1", "b=2"], body: "" };
  const handler = withMaintenance(closed, () => Promise.resolve(result), { isStaff: () => true });
  expect(await handler(httpApi(), {})).toMatchObject({ cookies: ["a=1", "b=2"] });
});

test("withMaintenance() sends what is no text in Base64", async () => {
  const handler503 = () =>
    new Response(new Uint8Array([0, 255]), { status: 503, headers: { "content-type": "image/png" } });
  const handler = withMaintenance(maintenanceMode({ enabled: true, handler503 }), app);
  expect(await handler(httpApi(), {})).toMatchObject({ body: "AP8=", isBase64Encoded: true });
});

test("withMaintenance() hands events that are no requests to the handler", async () => {
  const handler = withMaintenance(closed, (event: object) => Promise.resolve(event));
  const scheduled = { source: "aws.events", "detail-type": "Scheduled Event", resources: [] };
  expect(await handler(scheduled, {})).toBe(scheduled);
});

test("withMaintenance() refuses to open a WebSocket", async () => {
  const handler = withMaintenance(closed, () => Promise.resolve({ statusCode: 200 }));
  const { path: _path, httpMethod: _method, ...event } = restApi();
  const connecting = {
    ...event,
    requestContext: { ...event.requestContext, eventType: "CONNECT", routeKey: "$connect" },
  };
  expect((await handler(connecting, {})).statusCode).toBe(503);
});

test("withMaintenance() follows a store that is read while requests are handled, and reports to no fleet", async () => {
  const state = liveState(memoryStore('{ "mode": "on" }'), { perRequest: true });
  const handler = withMaintenance(maintenanceMode({ state }), app);
  expect((await handler(httpApi(), {})).statusCode).toBe(503);
  await state.set({ mode: "off" });
  expect((await handler(httpApi(), {})).statusCode).toBe(201);
  await state.close();
});

test("withMaintenance() refuses what is not a gate, a handler or an option", () => {
  // @ts-expect-error The two are in the wrong order.
  expect(() => withMaintenance(app, closed)).toThrow('"maintenance" must be a gate that maintenanceMode() returned');
  // @ts-expect-error The handler is missing.
  expect(() => withMaintenance(closed, {})).toThrow('"handler" must be a function');
  // @ts-expect-error A load balancer tells no address either.
  expect(() => withMaintenance(closed, app, { peerIp: () => "" })).toThrow('"peerIp"');
});

test.each([
  ["VPC Lattice", { version: "2.0", method: "GET", path: "/", headers: {}, requestContext: { identity: {} } }],
  ["VPC Lattice", { method: "GET", raw_path: "/", headers: {} }],
  ["Lambda@Edge", { Records: [{ cf: { request: { uri: "/" } } }] }],
])("a request of %s does not pass for an event that is none", async (sender, event) => {
  const called: unknown[] = [];
  for (const enabled of [true, false]) {
    const handler = withMaintenance(
      maintenanceMode({ enabled }),
      (event: object) => Promise.resolve(called.push(event)),
    );
    await expect(handler(event, {})).rejects.toThrow(
      `received one of ${sender}: make a Request of the event, and ask the gate by hand`,
    );
  }
  expect(called).toEqual([]);
});
