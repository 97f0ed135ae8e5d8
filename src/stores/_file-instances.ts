import { chmod, chown, type FileHandle, mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { received } from "../core/errors.ts";
import type { InstanceRegistry } from "../core/types.ts";
import { findTarget, toMs } from "./_file-content.ts";
import { codeOf, fileError } from "./_file-errors.ts";
import { createTemp, fileSystemNow } from "./_file-temp.ts";

/** What is in the file of one process, as JSON; when it was written is the time of the file. */
interface Entry {
  ttlMs: number;
  record: string;
}

/** How long a record is kept after it has expired, and a temporary file altogether. */
const KEEP_MS = 60_000;

/** The records of the processes that follow a state file: a directory beside it, with a file for each. */
export function fileInstances(file: string): InstanceRegistry {
  // Beside the file itself, not beside a link to it, so that all meet whatever way they came.
  const findFolder = async () => `${await findTarget(file)}.instances`;
  const whole = `${file}.instances`;

  return {
    async put(id, record, ttlMs) {
      checkId(id);
      try {
        const folder = await findFolder();
        const path = join(folder, `${id}.json`);
        const text = JSON.stringify({ ttlMs, record } satisfies Entry);
        try {
          await place(path, text);
        } catch (error) {
          if (codeOf(error) === "ENOENT") {
            await createFolder(folder);
            await place(path, text);
          } else {
            // A process that cannot say more than before is still there, and nobody may take it for gone.
            if (["ENOSPC", "EDQUOT"].includes(codeOf(error) ?? "")) await refresh(path);
            throw error;
          }
        }
      } catch (error) {
        const hint = "create this directory and let this user write to it";
        throw fileError("keep the record of this process in", whole, error, hint);
      }
    },
    async delete(id) {
      checkId(id);
      try {
        await unlink(join(await findFolder(), `${id}.json`));
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw fileError("remove the record of this process from", whole, error);
      }
    },
    async list() {
      try {
        return await listRecords(await findFolder());
      } catch (error) {
        throw fileError("read the records of the processes in", whole, error, "let this user read the directory");
      }
    },
  };
}

function checkId(id: string): void {
  if (typeof id === "string" && /^[A-Za-z0-9-]{1,100}$/.test(id)) return;
  throw new TypeError(
    `Cannot keep the record of a process: "id" must be 1 to 100 letters, digits and "-", received ${received(id)}`,
  );
}

async function place(path: string, text: string): Promise<void> {
  const temp = await createTemp(path, async (handle) => {
    await handle.writeFile(text);
    // It is for others to read.
    await handle.chmod(0o644);
  });
  try {
    await rename(temp.path, path);
  } catch (error) {
    await unlink(temp.path).catch(() => {});
    throw error;
  }
}

/** Makes a record younger without a byte more of the disk, by the clock of the file system. */
async function refresh(path: string): Promise<void> {
  try {
    const handle = await open(path, "r+");
    try {
      await handle.write("{", 0);
    } finally {
      await handle.close();
    }
  } catch {
    // There is no record that could become younger.
  }
}

/** Whoever may write beside the state file may keep a record, whoever is first. */
async function createFolder(folder: string): Promise<void> {
  const parent = await stat(dirname(folder));
  try {
    await mkdir(folder);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    throw error;
  }
  await chown(folder, parent.uid, parent.gid).catch(() => {});
  await chmod(folder, parent.mode & 0o3777).catch(() => {});
}

async function listRecords(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
  if (names.length === 0) return [];
  // Neither this clock nor those of the processes have to be right. Where only reading is allowed, this one has.
  const now = await fileSystemNow(join(folder, "now")).catch(() => Date.now());
  const records: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if (name.endsWith(".tmp")) await removeIfOlder(path, now - KEEP_MS);
    if (!name.endsWith(".json")) continue;
    const found = await readEntry(path);
    if (found === undefined) continue;
    const expires = found.mtimeMs + found.ttlMs;
    if (now < expires) records.push(found.record);
    else if (now > expires + KEEP_MS) await removeIfOlder(path, now - KEEP_MS);
  }
  return records;
}

async function readEntry(path: string): Promise<Entry & { mtimeMs: number } | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (error) {
    // Its process has ended since.
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const text = await handle.readFile("utf8");
    const { mtimeNs } = await handle.stat({ bigint: true });
    const { record, ttlMs } = JSON.parse(text) as Partial<Entry>;
    if (typeof record !== "string" || typeof ttlMs !== "number") return undefined;
    return { record, ttlMs, mtimeMs: toMs(mtimeNs) };
  } catch (error) {
    // Records are written as a whole: this is somebody else's file.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    await handle.close();
  }
}

/** Looks again just before: a process that had stood still may be back. */
async function removeIfOlder(path: string, thanMs: number): Promise<void> {
  try {
    if ((await stat(path)).mtimeMs < thanMs) await unlink(path);
  } catch {
    // Somebody else has removed it, or has to.
  }
}
