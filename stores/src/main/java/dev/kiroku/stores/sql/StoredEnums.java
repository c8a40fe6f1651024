package dev.kiroku.stores.sql;

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

/** The codes of all enums that are stored as numbers. A code that is in use never changes its meaning. */
public final class StoredEnums {
    /** {@code runs.status}. */
    public static final EnumCodes<RunStatus> RUN_STATUS = EnumCodes.of(RunStatus.class, status -> switch (status) {
        case RUNNING -> 0;
        case SCHEDULED -> 1;
        case FINISHED -> 2;
        case FAILED -> 3;
        case KILLED -> 4;
    });

    /** {@code stage} of {@code experiments}, {@code runs} and {@code logged_models}. */
    public static final EnumCodes<LifecycleStage> LIFECYCLE_STAGE =
            EnumCodes.of(LifecycleStage.class, stage -> switch (stage) {
                case ACTIVE -> 0;
                case DELETED -> 1;
            });

    /** {@code logged_models.status}. */
    public static final EnumCodes<LoggedModelStatus> LOGGED_MODEL_STATUS =
            EnumCodes.of(LoggedModelStatus.class, status -> switch (status) {
                case LOGGED_MODEL_STATUS_UNSPECIFIED -> 0;
                case LOGGED_MODEL_PENDING -> 1;
                case LOGGED_MODEL_READY -> 2;
                case LOGGED_MODEL_UPLOAD_FAILED -> 3;
            });

    /** {@code model_versions.stage}. */
    public static final EnumCodes<Stage> MODEL_VERSION_STAGE = EnumCodes.of(Stage.class, stage -> switch (stage) {
        case NONE -> 0;
        case STAGING -> 1;
        case PRODUCTION -> 2;
        case ARCHIVED -> 3;
    });

    /** {@code approval_requests.target_kind}. */
    public static final EnumCodes<GateTarget.Kind> TARGET_KIND =
            EnumCodes.of(GateTarget.Kind.class, kind -> switch (kind) {
                case ALIAS -> 0;
                case STAGE -> 1;
            });

    /** {@code approval_requests.state}. */
    public static final EnumCodes<ApprovalRequest.State> APPROVAL_STATE =
            EnumCodes.of(ApprovalRequest.State.class, state -> switch (state) {
                case OPEN -> 0;
                case APPROVED -> 1;
                case REJECTED -> 2;
                case WITHDRAWN -> 3;
                case EXPIRED -> 4;
                case INVALIDATED -> 5;
            });

    /** {@code approval_votes.kind}. */
    public static final EnumCodes<ApprovalRequest.ActionKind> VOTE_KIND =
            EnumCodes.of(ApprovalRequest.ActionKind.class, kind -> switch (kind) {
                case COMMENT -> 0;
                case APPROVE -> 1;
                case REJECT -> 2;
                case WITHDRAW -> 3;
            });

    /** {@code webhook_deliveries.state}. */
    public static final EnumCodes<WebhookDelivery.State> DELIVERY_STATE =
            EnumCodes.of(WebhookDelivery.State.class, state -> switch (state) {
                case WAITING -> 0;
                case DELIVERED -> 1;
                case FAILED -> 2;
            });

    /** {@code level} of {@code role_permissions} and {@code group_defaults}. */
    public static final EnumCodes<PermissionLevel> PERMISSION_LEVEL =
            EnumCodes.of(PermissionLevel.class, level -> switch (level) {
                case DENY -> 0;
                case NO_PERMISSIONS -> 1;
                case READ -> 2;
                case USE -> 3;
                case EDIT -> 4;
                case MANAGE -> 5;
            });

    /** {@code imported_records.kind}. */
    public static final EnumCodes<RecordKind> RECORD_KIND = EnumCodes.of(RecordKind.class, kind -> switch (kind) {
        case EXPERIMENT -> 0;
        case RUN -> 1;
        case METRIC_POINT -> 2;
        case LOGGED_MODEL -> 3;
        case REGISTERED_MODEL -> 4;
        case MODEL_VERSION -> 5;
        case WEBHOOK -> 6;
        case USER -> 7;
        case ROLE -> 8;
        case GRANT -> 9;
    });

    /** {@code imports.state}. */
    public static final EnumCodes<ServerImport.State> IMPORT_STATE =
            EnumCodes.of(ServerImport.State.class, state -> switch (state) {
                case RUNNING -> 0;
                case COMPLETED -> 1;
                case CANCELLED -> 2;
                case FAILED -> 3;
                case INTERRUPTED -> 4;
            });

    private StoredEnums() {}
}
