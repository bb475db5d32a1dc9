import { InputError } from "@forkyard/core/errors";
import type { DevnetFolder } from "../folder/layout.ts";
import { isRunning } from "../folder/process-identity.ts";
import { type DevnetState, runningState } from "../folder/state-file.ts";
import { type Groups, nodeByWord } from "../partition/groups.ts";
import { readPartition } from "../partition/partition-file.ts";
import { connectNode } from "./connect-node.ts";
import type { RemoteNode } from "./remote-node.ts";

/** A devnet that runs in other processes, found by its folder. */
export class RunningDevnet {
  readonly folder: DevnetFolder;
  readonly state: DevnetState;
  /** In the order of the config, stopped ones included. */
  readonly nodes: readonly RemoteNode[];

  /** @throws InputError when no devnet runs in the folder */
  static attach(folder: DevnetFolder): RunningDevnet {
    return new RunningDevnet(folder, runningState(folder));
  }

  constructor(folder: DevnetFolder, state: DevnetState) {
    this.folder = folder;
    this.state = state;
    this.nodes = state.nodes.map(connectNode);
  }

  get nodeNames(): readonly string[] {
    return this.nodes.map((node) => node.name);
  }

  /** Names of all wallets: the named ones first, then the miners'. */
  get walletNames(): readonly string[] {
    const miners = this.nodes.flatMap((node) => node.state.wallets.slice(-1));
    return [...this.nodes.flatMap((node) => node.state.wallets.slice(0, -1)), ...miners];
  }

  running(): readonly RemoteNode[] {
    return this.nodes.filter((node) => node.state.process !== undefined && isRunning(node.state.process));
  }

  /** @throws InputError for a node that is not there or does not run */
  runningNode(word: string): RemoteNode {
    const name = nodeByWord(word, this.nodeNames);
    const node = this.running().find((candidate) => candidate.name === name);
    if (node === undefined) throw new InputError(`${name} is not running: see "forkyard logs ${name}"`);
    return node;
  }

  /** The node that holds a wallet. @throws InputError for a wallet that is not there, or whose node does not run */
  walletHost(wallet: string): RemoteNode {
    const host = this.nodes.find((node) => node.state.wallets.includes(wallet));
    if (host === undefined) {
      throw new InputError(
        `there is no wallet ${JSON.stringify(wallet)}: the wallets are ${this.walletNames.join(", ")}`,
      );
    }
    return this.runningNode(host.name);
  }

  /** Groups that are cut off from one another; undefined when the net is whole. */
  partition(): Groups | undefined {
    return readPartition(this.folder);
  }

  close(): void {
    for (const node of this.nodes) node.close();
  }
}
