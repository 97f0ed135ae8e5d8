/** Something to add to one file. */
export interface Step {
  /**
   * The file: the first of these that is there. If none is, one is to be created: the first that stands beside a folder of
   * {@link Step.beside}, or else the first. `undefined` stands for the source file that imports the framework.
   */
  readonly file?: readonly string[];
  /** Folders that tell where a new file belongs. */
  readonly beside?: readonly string[];
  /** Where in the file, as the end of a sentence: "before your routes". */
  readonly where?: string;
  readonly code: string;
}

/** How an app gets its gate. */
export interface Recipe {
  /** The name of the framework. */
  readonly name: string;
  /** The packages that tell that an app uses it. */
  readonly packages: readonly string[];
  /** The page of the docs. The package has no docs with it, but README.md. */
  readonly page: string;
  readonly steps: readonly Step[];
  /** The commands that switch it, where the command line cannot reach its store. */
  readonly switching?: readonly string[];
  /** Whether it guards nothing that is deployed: it is not worth a note beside another recipe. */
  readonly isForDevelopment?: boolean;
}

const SECTIONS: Readonly<Record<string, string>> = {
  frameworks: "Frameworks",
  stores: "Stores",
  hosts: "The five hosts",
};

/** The section of README.md that leads to the page of a recipe. */
export function sectionOf({ page }: Recipe): string {
  return SECTIONS[page.split("/", 1)[0]!]!;
}

/** The imports of a gate that follows a file. */
export const GATE = `import { maintenanceMode } from "maintenancemode";
import { liveState } from "maintenancemode/state";
import { fileStore } from "maintenancemode/stores/file";`;

/** The lines that make it. */
export const MADE = `const state = liveState(fileStore("maintenance.json"));
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"] });`;

/** A module with the gate. */
export const EXPORTED: string = `${GATE}

${MADE.replace("const maintenance", "\nexport const maintenance")}`;
