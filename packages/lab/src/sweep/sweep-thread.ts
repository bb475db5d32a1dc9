/** One thread of a sweep: is told a run, answers what it measured. */
import { workerData } from "node:worker_threads";
import { serveJobs } from "../threads/serve-jobs.ts";
import { measureRun, type SweepScenario } from "./measure-run.ts";
import type { SweepJob } from "./sweep-points.ts";

const scenario = workerData as SweepScenario;
serveJobs((job: SweepJob) => measureRun(scenario, job));
