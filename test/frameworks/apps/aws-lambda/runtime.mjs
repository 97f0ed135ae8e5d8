/** A function URL in front of a handler: an event of version 2.0 for each request, and the result as its response. */
import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

export function serve(handler, port, host) {
  const server = createServer(async (req, res) => {
    const body = await buffer(req);
    let result;
    try {
      result = await handler(eventOf(req, body), { awsRequestId: crypto.randomUUID() });
    } catch {
      result = { statusCode: 500, body: "Internal Server Error" };
    }
    const { statusCode, headers, cookies = [], body: text = "", isBase64Encoded } = result;
    res.writeHead(statusCode, { ...headers, ...(cookies.length > 0 && { "set-cookie": cookies }) });
    res.end(isBase64Encoded ? Buffer.from(text, "base64") : text);
  });
  server.listen(port, host);
}

function eventOf({ method, url, headers, socket }, body) {
  const [path, query = ""] = url.split(/\?(.*)/s);
  const { cookie, ...others } = headers;
  return {
    version: "2.0",
    rawPath: path,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split("; ") }),
    headers: others,
    requestContext: {
      domainName: headers.host,
      http: { method, path, protocol: "HTTP/1.1", sourceIp: socket.remoteAddress, userAgent: headers["user-agent"] },
      stage: "$default",
    },
    ...(body.length > 0 && { body: body.toString("base64") }),
    isBase64Encoded: body.length > 0,
  };
}
