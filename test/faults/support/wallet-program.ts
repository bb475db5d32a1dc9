/**
 * A wallet that gives out addresses, made to be killed: prints each address once it was given out. Arguments: key file,
 * secret. Environment: FORKYARD_CRASH_POINT=POINT:PASSAGE.
 */
import { existsSync, writeSync } from "node:fs";
import { networkByName } from "@forkyard/core/params/networks";
import { systemClock } from "@forkyard/node/adapters/system-clock";
import { systemRandom } from "@forkyard/node/adapters/system-random";
import type { KeyFilePort } from "@forkyard/wallet/key-file/file-port";
import { nodeKeyFiles } from "@forkyard/wallet/key-file/node-key-files";
import { WalletService } from "@forkyard/wallet/wallet-service";
import { CrashPlan } from "./crash-points.ts";

/** The key file is written every ten addresses. */
const ADDRESSES = 200;

const [path = "", secret = ""] = process.argv.slice(2);
const crashes = new CrashPlan(process.env["FORKYARD_CRASH_POINT"] ?? "");

/** The key files, with a crash point before and after each step that changes the disk. */
const files: KeyFilePort = {
  ...nodeKeyFiles,
  writeNew: (to, bytes) => between("key-write", () => nodeKeyFiles.writeNew(to, bytes)),
  sync: (of) => between("key-sync", () => nodeKeyFiles.sync(of)),
  rename: (from, to) => between("key-rename", () => nodeKeyFiles.rename(from, to)),
  syncFolderOf: (of) => between("key-folder-sync", () => nodeKeyFiles.syncFolderOf(of)),
};

async function between(point: string, act: () => Promise<void>): Promise<void> {
  crashes.pass(`before-${point}`);
  await act();
  crashes.pass(`after-${point}`);
}

const options = {
  params: networkByName("regtest"),
  clock: systemClock,
  random: systemRandom,
  files,
  path,
  secret,
};
const wallet = existsSync(path) ? await WalletService.open(options) : await WalletService.create(options, "random");
for (let i = 0; i < ADDRESSES; i++) writeSync(1, `${await wallet.newAddress()}\n`);
await wallet.close();
