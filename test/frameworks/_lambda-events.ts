/** Events as the documentation of AWS shows them, with the members that differ between two requests as parameters. */

/** A request of a client. */
export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
}

const FIELDS = { accept: "text/html", host: "shop.example.com", "x-forwarded-proto": "https" };
const ADDRESS = "203.0.113.9";

/** An HTTP API of payload format 2.0. The event of a function URL has the same form. */
export function httpApi({ method = "GET", path = "/", query = "", headers, cookies, body }: Asked = {}) {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    ...(cookies !== undefined && { cookies }),
    headers: { ...FIELDS, ...headers },
    requestContext: {
      accountId: "123456789012",
      apiId: "api-id",
      domainName: "shop.example.com",
      domainPrefix: "shop",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: ADDRESS, userAgent: "agent" },
      requestId: "id",
      routeKey: "$default",
      stage: "$default",
      time: "12/Mar/2020:19:03:58 +0000",
      timeEpoch: 1583348638390,
    },
    ...(body !== undefined && { body: btoa(body) }),
    isBase64Encoded: body !== undefined,
  };
}

/** A REST API. */
export function restApi({ method = "GET", path = "/", query = "", headers, cookies, body }: Asked = {}) {
  const fields = { ...FIELDS, ...headers, ...(cookies !== undefined && { Cookie: cookies.join("; ") }) };
  const pairs = [...new URLSearchParams(query)];
  return {
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers: fields,
    multiValueHeaders: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]])),
    queryStringParameters: pairs.length === 0 ? null : Object.fromEntries(pairs),
    multiValueQueryStringParameters: pairs.length === 0
      ? null
      : Object.fromEntries(pairs.map(([name, value]) => [name, [value]])),
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      accountId: "123456789012",
      apiId: "id",
      domainName: "shop.example.com",
      httpMethod: method,
      identity: { sourceIp: ADDRESS, userAgent: "agent" },
      path,
      protocol: "HTTP/1.1",
      resourcePath: "/{proxy+}",
      stage: "prod",
    },
    body: body ?? null,
    isBase64Encoded: false,
  };
}

/** An Application Load Balancer. */
export function loadBalancer({ method = "GET", path = "/", headers, body = "" }: Asked = {}) {
  return {
    requestContext: {
      elb: {
        targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/lambda/abcdef0123456789",
      },
    },
    httpMethod: method,
    path,
    queryStringParameters: {},
    headers: { ...FIELDS, "x-forwarded-for": ADDRESS, ...headers },
    body,
    isBase64Encoded: false,
  };
}
