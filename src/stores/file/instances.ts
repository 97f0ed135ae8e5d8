import { Buffer } from "node:buffer";
import { constants } from "node:fs";
import { chmod, chown, mkdir, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { received } from "../../util/received.ts";
import type { InstanceRegistry } from "../../types/store.ts";
import { findTarget, LONGEST, TOO_LONG } from "./content.ts";
import { codeOf, fileError, problem } from "./errors.ts";
import { type Entry, isId, listRecords, openRegular } from "./records.ts";
import { createTemp } from "./temp.ts";

const KEEP = "keep the record of this process in";

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
        // Nobody would read it, and this process would pass for gone.
        if (Buffer.byteLength(text) > LONGEST) throw problem(KEEP, whole, TOO_LONG);
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
        throw fileError(KEEP, whole, error, hint);
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
    const handle = await openRegular(path, constants.O_RDWR);
    try {
      await handle?.write("{", 0);
    } finally {
      await handle?.close();
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
