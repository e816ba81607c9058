"""Worker: the same mean by Flower's SecAgg+, in its own simulation engine. Runs without turncoat.

The job: n, m, shares (neighbours and oneself), threshold, rounds. Rounds after the first are what
counts: the first starts the engine's workers. Prints seconds of each round, and how far the mean is
from the plain one.
"""

import json
import os
import sys
from time import perf_counter, process_time

os.environ["FLWR_TELEMETRY_ENABLED"] = "0"

import numpy as np
from flwr.client import ClientApp, NumPyClient
from flwr.client.mod import secaggplus_mod
from flwr.common import ndarrays_to_parameters, parameters_to_ndarrays
from flwr.server import LegacyContext, ServerApp, ServerConfig
from flwr.server.strategy import FedAvg
from flwr.server.workflow import DefaultWorkflow, SecAggPlusWorkflow
from flwr.simulation import run_simulation

JOB = json.loads(sys.argv[1])
FOUND = {"round_s": [], "error": None}


def vector(client: int) -> np.ndarray:
    """The same draw as ours."""
    return np.random.default_rng([2020, client]).uniform(-1, 1, JOB["m"]).astype(np.float32)


class Bringer(NumPyClient):
    def __init__(self, client: int) -> None:
        self.client = client

    def fit(self, parameters, config):
        return [vector(self.client)], 1, {}


def client_fn(context):
    return Bringer(int(context.node_config["partition-id"]) + 1).to_client()


class Timed(FedAvg):
    """Notes when rounds begin and end."""

    def configure_fit(self, *args, **kwargs):
        self.started = perf_counter()
        return super().configure_fit(*args, **kwargs)

    def aggregate_fit(self, server_round, results, failures):
        aggregated = super().aggregate_fit(server_round, results, failures)
        FOUND["round_s"].append(perf_counter() - self.started)
        (mean,) = parameters_to_ndarrays(aggregated[0])
        plain = sum(vector(c).astype(np.float64) for c in range(1, JOB["n"] + 1)) / JOB["n"]
        FOUND["error"] = float(np.abs(mean - plain).max())
        FOUND["clients"] = len(results)
        return aggregated


app = ServerApp()


@app.main()
def main(grid, context):
    strategy = Timed(
        fraction_fit=1.0,
        fraction_evaluate=0.0,
        min_fit_clients=JOB["n"],
        min_available_clients=JOB["n"],
        initial_parameters=ndarrays_to_parameters([np.zeros(JOB["m"], np.float32)]),
    )
    context = LegacyContext(
        context=context, config=ServerConfig(num_rounds=JOB["rounds"]), strategy=strategy
    )
    aggregation = SecAggPlusWorkflow(
        num_shares=JOB["shares"], reconstruction_threshold=JOB["threshold"], max_weight=1.0
    )
    DefaultWorkflow(fit_workflow=aggregation)(grid, context)


if __name__ == "__main__":
    started = perf_counter(), process_time()
    run_simulation(
        server_app=app,
        client_app=ClientApp(client_fn=client_fn, mods=[secaggplus_mod]),
        num_supernodes=JOB["n"],
        backend_config={"client_resources": {"num_cpus": 1, "num_gpus": 0.0}},
    )
    FOUND["all_s"] = perf_counter() - started[0]
    print("\n" + json.dumps(FOUND))
