package dev.kiroku.transfer;

import dev.kiroku.core.registry.store.RegistryStore;
import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.core.transfer.RelocationStore;
import dev.kiroku.core.transfer.TransferStore;

/** The stores that an import is compared with. */
public record ImportedStores(
        TransferStore transfer,
        ExperimentStore experiments,
        RunStore runs,
        LoggedModelStore loggedModels,
        RegistryStore registry,
        RelocationStore relocations) {}
