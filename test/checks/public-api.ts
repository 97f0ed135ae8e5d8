// `node test/checks/public-api.ts`: writes the names and signatures of everything that is public to public-api.txt.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What is public, as the last release or the last deliberate change left it. */
export const FROZEN: URL = new URL("./public-api.txt", import.meta.url);

/** The entry points: the subpath and its source, as deno.json names them. */
function entries(): [subpath: string, file: string][] {
  const { exports } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8")) as { exports: Record<string, string> };
  return Object.entries(exports).filter(([subpath]) => subpath !== "./cli")
    .map(([subpath, file]) => [`maintenancemode${subpath.slice(1)}`, resolve(root, file)]);
}

/** The declarations of the sources, without comments, by the paths of their sources. */
function declarations(files: readonly string[]): Map<string, ts.SourceFile> {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const program = ts.createProgram(files, {
    ...options,
    noEmit: false,
    emitDeclarationOnly: true,
    removeComments: true,
  });
  const texts = new Map<string, ts.SourceFile>();
  program.emit(undefined, (name, text, _bom, _onError, sources) => {
    texts.set(resolve(sources![0]!.fileName), ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
  });
  return texts;
}

/** The exports of one file, by their names: the declaration, or where it is re-exported from. */
function exportsOf(file: string, all: ReadonlyMap<string, ts.SourceFile>): Map<string, string> {
  const found = new Map<string, string>();
  for (const statement of all.get(file)!.statements) {
    if (ts.isExportDeclaration(statement)) {
      const from = statement.moduleSpecifier as ts.StringLiteral | undefined;
      const names = statement.exportClause as ts.NamedExports | undefined;
      const local = from === undefined ? importsOf(file, all) : undefined;
      for (const { name, propertyName } of names?.elements ?? []) {
        const original = (propertyName ?? name).text;
        const target = from === undefined ? local!.get(original) : resolve(dirname(file), from.text);
        if (target !== undefined) found.set(name.text, exportsOf(target, all).get(original)!);
      }
    } else if (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isExport)) {
      for (const name of namesOf(statement)) {
        const before = found.get(name);
        const text = statement.getText().replace(/^export (?:declare )?/, "").replace(/\n/g, "\n  ");
        found.set(name, before === undefined ? text : `${before}\n  ${text}`);
      }
    }
  }
  return found;
}

/** Where the names come from that a file imports and exports again. */
function importsOf(file: string, all: ReadonlyMap<string, ts.SourceFile>): Map<string, string> {
  const from = new Map<string, string>();
  for (const statement of all.get(file)!.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
    const target = resolve(dirname(file), (statement.moduleSpecifier as ts.StringLiteral).text);
    for (const { name } of bindings.elements) from.set(name.text, target);
  }
  return from;
}

function isExport({ kind }: ts.ModifierLike): boolean {
  return kind === ts.SyntaxKind.ExportKeyword;
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  return [(statement as ts.DeclarationStatement).name!.getText()];
}

/** Everything that is public: each entry point with its names, and each declaration where it comes first. */
export function describePublicApi(): string {
  const all = declarations(entries().map(([, file]) => file));
  const shown = new Map<string, string>();
  const parts = entries().map(([subpath, file]) => {
    const lines = [...exportsOf(file, all)].sort(([a], [b]) => a < b ? -1 : 1).map(([name, text]) => {
      const first = shown.get(`${name} ${text}`);
      if (first !== undefined) return `  ${name}: as in ${first}`;
      shown.set(`${name} ${text}`, subpath);
      return `  ${text}`;
    });
    return [`${subpath}`, ...lines].join("\n");
  });
  return `${parts.join("\n\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FROZEN, describePublicApi());
