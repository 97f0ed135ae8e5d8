import { Buffer } from "node:buffer";
import { constants } from "node:fs";
import { chmod, chown, mkdir, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { invalidOption } from "../../util/errors.ts";
import type { InstanceRegistry } from "../../types/store.ts";
import { LONGEST, TOO_LONG } from "./content.ts";
import { codeOf, fileError, problem } from "./errors.ts";
import { findTarget } from "./links.ts";
import { type Entry, isId, listRecords, openRegular } from "./records.ts";
import { createTemp } from "./temp.ts";
import { writeError } from "./write-error.ts";

const KEEP = "keep the record of this process in";

/** Keeps the records of the processes that follow a state file: a file for each, in a directory beside the state file. */
export function fileInstances(file: string): InstanceRegistry {
  // The directory lies beside the file itself, not beside a link to it, so that all processes share it.
  const findFolder = async () => `${await findTarget(file)}.instances`;
  const whole = `${file}.instances`;

  return {
    async put(id, record, ttlMs) {
      checkId(id);
      try {
        const folder = await findFolder();
        const path = join(folder, `${id}.json`);
        const text = JSON.stringify({ ttlMs, record } satisfies Entry);
        // Nobody would read a longer record, and this process would seem to be gone.
        if (Buffer.byteLength(text) > LONGEST) throw problem(KEEP, whole, TOO_LONG);
        try {
          await place(path, text);
        } catch (error) {
          if (codeOf(error) === "ENOENT") {
            await createFolder(folder);
            await place(path, text);
          } else {
            // The process still runs, so its old record must not expire.
            if (["ENOSPC", "EDQUOT"].includes(codeOf(error) ?? "")) await refresh(path);
            throw error;
          }
        }
      } catch (error) {
        const hint = "create this directory and let this user write to it";
        throw await writeError(KEEP, whole, error, hint);
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
  if (isId(id)) return;
  throw invalidOption("keep the record of a process", "id", 'text of 1 to 100 letters, digits and "-"', id);
}

async function place(path: string, text: string): Promise<void> {
  const temp = await createTemp(path, async (handle) => {
    await handle.writeFile(text);
    // Other users read it.
    await handle.chmod(0o644);
  });
  try {
    await rename(temp.path, path);
  } catch (error) {
    await unlink(temp.path).catch(() => {});
    throw error;
  }
}

/** Renews a record without using more of the disk: writing a byte over itself sets the time of the file. */
async function refresh(path: string): Promise<void> {
  try {
    const handle = await openRegular(path, constants.O_RDWR);
    try {
      await handle?.write("{", 0);
    } finally {
      await handle?.close();
    }
  } catch {
    // There may be no record yet.
  }
}

/** Creates the directory. Every user who may write beside the state file may keep a record, whoever creates it. */
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
