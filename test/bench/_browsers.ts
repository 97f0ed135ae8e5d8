/** What browsers and programs send with a GET request. */
import { Buffer } from "node:buffer";

/** The target of the requests over HTTP, which problem details name. */
export const PATH = "/shop/item-1";

const CHROME_ACCEPT =
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8," +
  "application/signed-exchange;v=b3;q=0.7";
const PLAIN_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/** Header sets of a navigation. */
export const BROWSERS: readonly Readonly<Record<string, string>>[] = [
  { // Chrome on Windows
    "sec-ch-ua": '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-platform": '"Windows"',
    "upgrade-insecure-requests": "1",
    "user-agent":
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "accept": CHROME_ACCEPT,
    "sec-fetch-site": "none",
    "sec-fetch-mode": "navigate",
    "sec-fetch-user": "?1",
    "sec-fetch-dest": "document",
    "accept-encoding": "gzip, deflate, br, zstd",
    "accept-language": "en-US,en;q=0.9",
  },
  { // Edge on Windows
    "sec-ch-ua": '"Chromium";v="140", "Not=A?Brand";v="24", "Microsoft Edge";v="140"',
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-platform": '"Windows"',
    "upgrade-insecure-requests": "1",
    "user-agent":
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    "accept": CHROME_ACCEPT,
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "accept-encoding": "gzip, deflate, br, zstd",
    "accept-language": "de,de-DE;q=0.9,en;q=0.8,en-GB;q=0.7,en-US;q=0.6",
  },
  { // Firefox on Linux
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "accept": PLAIN_ACCEPT,
    "accept-language": "en-US,en;q=0.5",
    "accept-encoding": "gzip, deflate, br, zstd",
    "upgrade-insecure-requests": "1",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "none",
    "sec-fetch-user": "?1",
    "priority": "u=0, i",
  },
  { // Firefox before 132
    "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "accept":
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/png,image/svg+xml,*/*;q=0.8",
    "accept-language": "fr,fr-FR;q=0.8,en-US;q=0.5,en;q=0.3",
    "accept-encoding": "gzip, deflate, br, zstd",
    "upgrade-insecure-requests": "1",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "cross-site",
  },
  { // Safari on an iPhone
    "user-agent":
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "accept": PLAIN_ACCEPT,
    "sec-fetch-site": "none",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "accept-language": "en-GB,en;q=0.9",
    "accept-encoding": "gzip, deflate, br",
    "priority": "u=0, i",
  },
];

/** Header sets of programs that want JSON. */
export const JSON_CLIENTS: readonly Readonly<Record<string, string>>[] = [
  { "user-agent": "node", "accept": "application/json", "accept-encoding": "gzip, deflate", "accept-language": "*" },
  {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "accept": "application/json, text/plain, */*",
    "accept-language": "en-US,en;q=0.5",
    "sec-fetch-dest": "empty",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "same-origin",
  },
];

/** Makes fresh GET requests that rotate over header sets; the text of each field is fresh, too. */
export function freshRequests(
  sets: readonly Readonly<Record<string, string>>[],
  path?: string,
): (count: number) => Request[] {
  const bytes = sets.map((set) => Object.entries(set).map(([name, value]) => [name, Buffer.from(value)] as const));
  let next = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const fields = bytes[next++ % bytes.length]!.map((
        [name, value],
      ): [string, string] => [name, value.toString("latin1")]);
      return new Request(`https://example.com${path ?? `/shop/item-${next}?from=mail`}`, { headers: fields });
    });
}

/** Makes requests whose `Accept`, `Accept-Language`, `Origin` and path nobody has seen before, as an attacker would. */
export function randomRequests(random: (end: number) => number): (count: number) => Request[] {
  const word = () => random(2 ** 31).toString(36);
  const types = ["text/html", "application/json", "text/plain", "*/*", "image/webp"];
  const tags = ["en-US", "de", "fr-CA", "pt-BR", "zh-TW", "ja"];
  return (count) =>
    Array.from({ length: count }, () => {
      const type = types[random(types.length)];
      const tag = tags[random(tags.length)];
      return new Request(`https://example.com/${word()}/${word()}`, {
        headers: {
          "accept": `application/${word()};q=0.${random(9)}, ${type};q=0.9, image/${word()};v=${word()}, */*;q=0.1`,
          "accept-language": `x-${word().slice(0, 6)};q=0.${random(9)}, ${tag};q=0.8, ${word().slice(0, 3)};q=0.2`,
          "origin": `https://${word()}.test`,
          "user-agent": `Mozilla/5.0 (${word()}) ${word()}/${random(200)}.0`,
        },
      });
    });
}
