package dev.kiroku.stores.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.model.transfer.ServerImport;
import dev.kiroku.model.webhooks.WebhookDelivery;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StoredEnumsTest {
    /** Databases in use hold these numbers: a failure here means that they would be read as something else. */
    @Test
    void codesNeverChange() {
        assertCodes(
                "{FAILED=3, FINISHED=2, KILLED=4, RUNNING=0, SCHEDULED=1}", RunStatus.class, StoredEnums.RUN_STATUS);
        assertCodes("{ACTIVE=0, DELETED=1}", LifecycleStage.class, StoredEnums.LIFECYCLE_STAGE);
        assertCodes(
                "{LOGGED_MODEL_PENDING=1, LOGGED_MODEL_READY=2, LOGGED_MODEL_STATUS_UNSPECIFIED=0,"
                        + " LOGGED_MODEL_UPLOAD_FAILED=3}",
                LoggedModelStatus.class,
                StoredEnums.LOGGED_MODEL_STATUS);
        assertCodes("{ARCHIVED=3, NONE=0, PRODUCTION=2, STAGING=1}", Stage.class, StoredEnums.MODEL_VERSION_STAGE);
        assertCodes("{ALIAS=0, STAGE=1}", GateTarget.Kind.class, StoredEnums.TARGET_KIND);
        assertCodes(
                "{APPROVED=1, EXPIRED=4, INVALIDATED=5, OPEN=0, REJECTED=2, WITHDRAWN=3}",
                ApprovalRequest.State.class,
                StoredEnums.APPROVAL_STATE);
        assertCodes(
                "{APPROVE=1, COMMENT=0, REJECT=2, WITHDRAW=3}",
                ApprovalRequest.ActionKind.class,
                StoredEnums.VOTE_KIND);
        assertCodes("{DELIVERED=1, FAILED=2, WAITING=0}", WebhookDelivery.State.class, StoredEnums.DELIVERY_STATE);
        assertCodes(
                "{DENY=0, EDIT=4, MANAGE=5, NO_PERMISSIONS=1, READ=2, USE=3}",
                PermissionLevel.class,
                StoredEnums.PERMISSION_LEVEL);
        assertCodes(
                "{EXPERIMENT=0, GRANT=9, LOGGED_MODEL=3, METRIC_POINT=2, MODEL_VERSION=5, REGISTERED_MODEL=4, ROLE=8, RUN=1, USER=7,"
                        + " WEBHOOK=6}",
                RecordKind.class,
                StoredEnums.RECORD_KIND);
        assertCodes(
                "{CANCELLED=2, COMPLETED=1, FAILED=3, INTERRUPTED=4, RUNNING=0}",
                ServerImport.State.class,
                StoredEnums.IMPORT_STATE);
    }

    @Test
    void unknownCodeIsAnError() {
        assertThrows(IllegalStateException.class, () -> StoredEnums.RUN_STATUS.decode(99));
    }

    @Test
    void codesAreUnique() {
        assertThrows(IllegalArgumentException.class, () -> EnumCodes.of(LifecycleStage.class, _ -> 0));
    }

    private static <E extends Enum<E>> void assertCodes(String expected, Class<E> type, EnumCodes<E> codes) {
        Map<String, Integer> actual = new TreeMap<>();
        Arrays.stream(type.getEnumConstants()).forEach(constant -> {
            actual.put(constant.name(), codes.encode(constant));
            assertEquals(constant, codes.decode(codes.encode(constant)));
        });
        assertEquals(expected, actual.toString());
    }
}
