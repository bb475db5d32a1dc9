import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Log } from "@forkyard/core/ports/log";
import type { FlowEffect } from "@forkyard/network/flows/effects";
import type { RequestResult, Transport } from "@forkyard/network/transport/transport";

/** A conversation with peers, as a state machine: events in, effects out. */
export interface Flow<Effect> {
  response(requestId: number, result: RequestResult, nowMs: number): readonly Effect[];
  tick(nowMs: number): readonly Effect[];
}

/** What a shell needs of the world. */
export interface FlowWorld {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/**
 * Performs what a flow asks for and feeds the results back. Effects that are not common to all flows go to `deliver`,
 * which may call {@link run} again.
 */
export class FlowShell<Delivery extends { readonly kind: string }> {
  readonly #world: FlowWorld;
  readonly #flow: Flow<FlowEffect | Delivery>;
  readonly #deliver: (delivery: Delivery) => void;
  readonly #delivered: () => void;
  #cancelWake: (() => void) | undefined;
  #stopped = false;

  /** @param delivered called after a list of effects of which some were deliveries */
  constructor(
    world: FlowWorld,
    flow: Flow<FlowEffect | Delivery>,
    deliver: (delivery: Delivery) => void,
    delivered: () => void,
  ) {
    this.#world = world;
    this.#flow = flow;
    this.#deliver = deliver;
    this.#delivered = delivered;
  }

  /** Performs the effects in order; when some were deliveries, the flow is asked what has become possible since. */
  run(effects: readonly (FlowEffect | Delivery)[]): void {
    let pending = effects;
    while (pending.length > 0 && !this.#stopped) {
      let deliveries = 0;
      for (const effect of pending) {
        if (this.#stopped) return;
        if (this.#perform(effect)) deliveries += 1;
      }
      if (deliveries === 0) return;
      pending = this.#flow.tick(this.#world.clock.monotonicMs());
      this.#delivered();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelWake?.();
  }

  /** @returns whether it was a delivery */
  #perform(effect: FlowEffect | Delivery): boolean {
    if (!isFlowEffect(effect)) {
      this.#deliver(effect);
      return true;
    }
    this.#performCommon(effect);
    return false;
  }

  #performCommon(effect: FlowEffect): void {
    const { transport, clock, log } = this.#world;
    switch (effect.kind) {
      case "request":
        transport.request(effect.peer, effect.protocol, effect.payload, (result) => {
          if (!this.#stopped) this.run(this.#flow.response(effect.requestId, result, clock.monotonicMs()));
        });
        return;
      case "penalise":
        log.warn("peer misbehaved", { peer: effect.peer, reason: effect.reason });
        transport.penalise(effect.peer, effect.points, effect.reason);
        return;
      case "disconnect":
        log.info("peer disconnected by us", { peer: effect.peer, reason: effect.reason });
        transport.disconnect(effect.peer);
        return;
      case "wake":
        this.#wakeAt(effect.atMs);
    }
  }

  #wakeAt(atMs: number): void {
    const { clock, timers } = this.#world;
    this.#cancelWake?.();
    this.#cancelWake = timers.after(Math.max(0, atMs - clock.monotonicMs()), () => {
      if (!this.#stopped) this.run(this.#flow.tick(clock.monotonicMs()));
    });
  }
}

const FLOW_EFFECTS: ReadonlySet<string> = new Set(["request", "penalise", "disconnect", "wake"]);

function isFlowEffect(effect: { readonly kind: string }): effect is FlowEffect {
  return FLOW_EFFECTS.has(effect.kind);
}
