/** Who may import whom: the table of docs/ARCHITECTURE.md, as rules. */

/** For each package, the packages of this repository that it may import. */
const ALLOWED = {
  core: [],
  consensus: ["core"],
  storage: ["core"],
  network: ["core"],
  wallet: ["core"],
  rpc: ["core"],
  mempool: ["core", "consensus"],
  node: ["core", "consensus", "storage", "network", "mempool", "wallet", "rpc"],
  devnet: ["core", "rpc"],
  lab: ["core", "consensus", "storage", "network", "mempool", "wallet", "rpc", "node", "devnet"],
  cli: ["core", "lab", "devnet", "node", "wallet", "rpc"],
};

/** The container program is an edge like the command: what it may import of the packages. */
const ALLOWED_IN_DOCKER = ["core", "devnet", "cli"];

const PURE = "^packages/(core/src|consensus/src/(rules|fork-choice|seal)|mempool/src)/";
const TEST = "(\\.test\\.ts$|/testing/|^test/)";

const layering = Object.entries(ALLOWED).map(([name, allowed]) => ({
  name: `imports-of-${name}`,
  comment: `${name} may import ${allowed.join(", ") || "no other package"}`,
  severity: "error",
  from: { path: `^packages/${name}/src/`, pathNot: TEST },
  to: { path: "^packages/", pathNot: `^packages/(${[name, ...allowed].join("|")})/` },
}));

const docker = {
  name: "imports-of-docker",
  comment: `docker may import ${ALLOWED_IN_DOCKER.join(", ")}`,
  severity: "error",
  from: { path: "^docker/src/", pathNot: TEST },
  to: { path: "^packages/", pathNot: `^packages/(${ALLOWED_IN_DOCKER.join("|")})/` },
};

export default {
  forbidden: [
    ...layering,
    docker,
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "pure-inside",
      comment: "what thinks touches no file, socket, clock or thread: those come in as arguments",
      severity: "error",
      from: { path: PURE, pathNot: TEST },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "libp2p-in-network-only",
      severity: "error",
      from: { pathNot: "^packages/network/" },
      to: { path: "node_modules/(@libp2p|libp2p|@chainsafe|@multiformats)/" },
    },
    {
      name: "no-unresolved",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-undeclared-dependency",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "tests-are-not-product",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: TEST },
      to: { path: TEST },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(/dist/|\\.d\\.ts$)" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ["forkyard:source", "import", "node", "default"], exportsFields: ["exports"] },
    builtInModules: { add: [] },
  },
};
