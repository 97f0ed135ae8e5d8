/** Checks of staff and addresses. */
import { type Checks, equal, get, randomness, refused, show } from "./check.ts";

/** By their names. */
export const addressChecks: Checks = {
  "only isStaff true is staff, and no ctx is nobody": ({ maintenanceMode }) => {
    const gate = maintenanceMode({ enabled: true, internalIps: ["0.0.0.0/0", "::/0"] });
    for (const isStaff of ["true", 1, {}, [], Promise.resolve(true), null, undefined]) {
      equal(gate.explain(get("/"), { isStaff } as never).because, "maintenance", `isStaff ${String(isStaff)}`);
    }
    equal(gate.explain(get("/")).because, "maintenance", "no ctx");
  },

  "clients that are no address are nobody": ({ maintenanceMode }) => {
    const gate = maintenanceMode({ enabled: true, internalIps: ["0.0.0.0/0", "::/0"] });
    const nobody: unknown[] = [
      ...[
        "",
        " ",
        "garbage",
        "unknown",
        "_hidden",
        "localhost",
        "010.0.0.1",
        "0x7f.1",
        "0x7f.0.0.1",
        "127.1",
        "127.0.1",
      ],
      ...["2130706433", "10.0.0.256", "10.0.0.-1", "10.0.0.1.", ".10.0.0.1", "10.0.0", "10.0.0.1.1", "10.0.0.1/32"],
      ...[
        "10.0.0.1:80",
        "[::1]",
        "[::1]:80",
        "::1/128",
        ":::",
        "::1::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
      ],
      ...[
        "::ffff:10.0.0",
        "::ffff:010.0.0.1",
        "::ffff:10.0.0.256",
        "g::1",
        "1::2::3",
        "10.0.0.1, 10.0.0.2",
        "10 .0.0.1",
      ],
      ...["\u0661\u0660.0.0.1", "10.0.0.1\n", "10.0.0.1\0", "1e1.0.0.1", "+10.0.0.1", "%", "::%", "x".repeat(100_000)],
      ...["1".repeat(100_000), ":".repeat(100_000), "0:".repeat(50_000)],
      ...[42, null, {}, [], true, ["10.0.0.1"]],
    ];
    for (const clientIp of nobody) {
      const got = gate.explain(get("/"), { clientIp } as never).because;
      equal(got, "maintenance", `clientIp ${JSON.stringify(clientIp)?.slice(0, 40)}`);
    }
  },

  "addresses are compared by value": ({ maintenanceMode }) => {
    const table: [range: string, clientIp: string, inside: boolean][] = [
      ["10.0.0.0/8", "10.0.0.0", true],
      ["10.0.0.0/8", "10.255.255.255", true],
      ["10.0.0.0/8", "9.255.255.255", false],
      ["10.0.0.0/8", "11.0.0.0", false],
      ["192.0.2.7", "192.0.2.7", true],
      ["192.0.2.7", "192.0.2.70", false],
      ["192.0.2.7/32", "192.0.2.6", false],
      ["0.0.0.0/0", "255.255.255.255", true],
      ["0.0.0.0/0", "2001:db8::1", false],
      ["0.0.0.0/1", "128.0.0.0", false],
      ["192.0.2.6/31", "192.0.2.7", true],
      ["10.0.0.0/8", "::ffff:10.1.2.3", true],
      ["10.0.0.0/8", "::FFFF:0a01:0203", true],
      ["10.0.0.0/8", "0:0:0:0:0:ffff:10.1.2.3", true],
      ["10.0.0.0/8", "::10.1.2.3", false],
      ["10.0.0.0/8", "::fffe:10.1.2.3", false],
      ["10.0.0.0/8", "64:ff9b::10.1.2.3", false],
      ["::ffff:10.1.2.3", "10.1.2.3", true],
      ["::/0", "10.1.2.3", false],
      ["::/0", "fe80::1", true],
      ["2001:db8::/32", "2001:0DB8:0000:0000:0000:0000:0000:0001", true],
      ["2001:db8::/32", "2001:db9::", false],
      ["2001:DB8::A", "2001:db8:0:0:0:0:0:a", true],
      ["2001:db8::/127", "2001:db8::2", false],
      ["fe80::/10", "fe80::1%eth0", true],
      ["fe80::1", "fe80::1%25en0", true],
      ["::1", "::1", true],
      ["::1", "::2", false],
      ["::1", "0.0.0.1", false],
    ];
    for (const [range, clientIp, inside] of table) {
      const got = maintenanceMode({ enabled: true, internalIps: [range] }).explain(get("/"), { clientIp });
      equal(got.because, inside ? "internal-ip" : "maintenance", `${clientIp} in ${range}`);
    }
  },

  "ranges by the thousand answer like ranges one by one": ({ maintenanceMode }) => {
    const random = randomness(7);
    const word = () => Math.floor(random() * 65536);
    const ranges = Array.from({ length: 2000 }, (_, i) => {
      if (i % 3 === 0) return `${word().toString(16)}:${word().toString(16)}:${word().toString(16)}::/48`;
      const [high, low] = [word(), word()];
      return i % 3 === 1
        ? `${high >> 8}.${high & 255}.${low >> 8}.0/24`
        : `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
    });
    const all = maintenanceMode({ enabled: true, internalIps: ranges });
    for (let i = 0; i < ranges.length; i += 7) {
      const range = ranges[i]!;
      const inside = range.includes(":") ? range.replace("::/48", ":1:2:3:4:5") : range.replace(".0/24", ".77");
      equal(all.explain(get("/"), { clientIp: inside }).because, "internal-ip", inside);
      const outside = `${word() >> 8}.${word() & 255}.${word() & 255}.${word() & 255}`;
      const expected = ranges.some((text) =>
        text === outside || (text.endsWith(".0/24") && outside.startsWith(text.slice(0, -"0/24".length)))
      );
      equal(all.explain(get("/"), { clientIp: outside }).because, expected ? "internal-ip" : "maintenance", outside);
    }
  },

  "ambiguous or wrong ranges are refused with their index": ({ maintenanceMode }) => {
    const wrong = [
      ...["", "garbage", "010.0.0.1", "0x7f.1", "127.1", "2130706433", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/-1"],
      ...["10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/08", "10.0.0.0/255.0.0.0", "10.1.2.3/8", "2001:db8::1/32", "::/129"],
      ...["10.0.0.1:80", "[::1]", "10.*", "10.0.0.1-10.0.0.9", "localhost", "*", " 10.0.0.1", "10.0.0.1 "],
      ...[42, null, undefined, {}, []],
    ];
    for (const range of wrong) {
      refused(() => maintenanceMode({ internalIps: ["192.0.2.1", range] as never }), /"internalIps\[1\]"/, show(range));
    }
  },
};
