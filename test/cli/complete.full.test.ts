import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { has } from "../_needs.ts";
import { expect, test } from "vitest";
import { cli, cliCommand, hasRuntime, makePlace } from "./_cli.ts";

/** A folder with some files, and the command line on the PATH. */
function makeFolder(): { folder: string; run(shell: string, source: string): string } {
  const { folder } = makePlace();
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "conf"));
  for (const name of ["maintenance.json", "conf/shop.json", "gate.ts", "readme.md"]) {
    writeFileSync(join(folder, name), "");
  }
  const program = join(folder, "bin/maintenancemode");
  writeFileSync(program, `#!/bin/sh\nexec ${cliCommand().map((word) => `'${word}'`).join(" ")} "$@"\n`);
  chmodSync(program, 0o700);
  return {
    folder,
    run(shell, source) {
      const env = { ...process.env, PATH: `${folder}/bin:${process.env["PATH"]}`, HOME: folder, TERM: "xterm" };
      const { stdout, stderr } = spawnSync(shell, ["-c", source], { cwd: folder, env, encoding: "utf8" });
      expect(stderr).toBe("");
      return stdout;
    },
  };
}

const STORES = "file: redis:// rediss:// denokv: https:// bin/ conf/ maintenance.json";

const LINES: readonly (readonly [line: string, completions: string])[] = [
  ["maintenancemode o", "on off"],
  ["maintenancemode help st", "status"],
  ["maintenancemode on --zone Europe/Ams", "Europe/Amsterdam"],
  ["maintenancemode on --re", "--reason --retry-after"],
  ["maintenancemode off --re", "--restore"],
  ["maintenancemode status --w", "--watch"],
  ["maintenancemode on --store ", STORES],
  ["maintenancemode on -s ma", "maintenance.json"],
  ["maintenancemode on --store conf/", "conf/shop.json"],
  // bash replaces what is behind ":" and "=" alone.
  ["maintenancemode on --store file:ma", "maintenance.json"],
  ["maintenancemode on --store=file:ma", "maintenance.json"],
  ["maintenancemode on --store=file:conf/", "conf/shop.json"],
  ["maintenancemode explain / --config ", "bin/ conf/ gate.ts"],
  ["maintenancemode on --wait ", "30s 60s 5m"],
  ["maintenancemode admit 2", "25%"],
  ["maintenancemode complete ", "bash zsh fish powershell"],
  ["maintenancemode run -- np", ""],
  ["maintenancemode on --reason $(touch evil) --js", "--json"],
];

test.skipIf(!has("bash"))(
  "the completion for bash completes commands, options and values, and runs nothing",
  () => {
    const { run } = makeFolder();
    const tries = LINES.map(([line]) =>
      `COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; COMPREPLY=(); _maintenancemode; echo "\${COMPREPLY[*]}"`
    );
    // Twice, as by somebody who reads the file again.
    const load = 'eval "$(maintenancemode complete bash)"\n';
    const out = run("bash", `${load}${load}compopt() { :; }\n${tries.join("\n")}\nls`);
    expect(out.split("\n").slice(0, LINES.length)).toEqual(LINES.map(([, completions]) => completions));
    expect(out).not.toContain("evil");
  },
);

test.skipIf(!has("bash"))("the completion for bash leaves out the space where more follows", () => {
  const { run } = makeFolder();
  const out = run(
    "bash",
    `eval "$(maintenancemode complete bash)"; compopt() { echo "$*"; }
for COMP_LINE in "maintenancemode on --store fi" "maintenancemode on --store ma"; do
  COMP_POINT=\${#COMP_LINE}; _maintenancemode; echo "\${COMPREPLY[*]}"
done`,
  );
  expect(out).toBe("-o nospace\nfile:\nmaintenance.json\n");
});

test.skipIf(!has("fish"))("the completion for fish completes commands, options and values", () => {
  const { run } = makeFolder();
  const lines = LINES.slice(0, 7);
  const tries = lines.map(([line]) => `complete --do-complete '${line}' | string split -f1 \\t | string join ' '`);
  const out = run("fish", `maintenancemode complete fish | source\n${tries.join("\n")}`);
  const sorted = (text: string) => text.split(" ").sort();
  expect(out.trimEnd().split("\n").map(sorted)).toEqual(lines.map(([, completions]) => sorted(completions)));
});

test.skipIf(!has("zsh"))("the completion for zsh completes commands", () => {
  const { run } = makeFolder();
  // What a terminal would show, by a terminal of zsh's own.
  const out = run(
    "zsh",
    `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u; source <(maintenancemode complete zsh); echo rea""dy'
zpty -r -m shell seen '*ready*'
zpty -w -n shell $'maintenancemode sta\\t'
zpty -r -m shell seen '*status*' && echo completed
zpty -d shell`,
  );
  expect(out).toContain("completed");
});

test.each((["node", "deno", "bun"] as const).filter(hasRuntime))("completions are the same on %s", async (runtime) => {
  expect(await cli(["complete", "--", "status", "--exi"], { runtime })).toMatchObject({
    code: 0,
    stdout: "--exit-code\texit with 0 if off, 10 if on, 11 if read-only, 12 if scheduled\n:4\n",
    stderr: "",
  });
});

test("the completion for PowerShell is printed, and another shell is refused", async () => {
  expect((await cli(["complete", "powershell"])).stdout).toContain(
    "Register-ArgumentCompleter -CommandName 'maintenancemode'",
  );
  const { code, stderr } = await cli(["complete", "tcsh"]);
  expect(stderr).toContain('the shell must be bash, zsh, fish or powershell, received "tcsh"');
  expect(code).toBe(2);
});
