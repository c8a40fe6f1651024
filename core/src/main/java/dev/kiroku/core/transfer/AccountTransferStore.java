package dev.kiroku.core.transfer;

import dev.kiroku.core.audit.ChangeContext;

/**
 * A store that takes users and roles as they are. It does not check permissions, names or the forms of password hashes.
 *
 * <p>Taking a record twice has the effect of taking it once. Accounts and roles that were not taken from the same source are conflicts of
 * the result, and stay as they are. So does what was changed in the store since, such as a grant that was revoked.
 */
public interface AccountTransferStore {
    /**
     * Takes the records that fit, in one transaction. Each change appends an audit log entry.
     *
     * @param dryRun whether to return what would be done, and to change nothing
     */
    TransferResult apply(AccountRecords records, boolean dryRun, ChangeContext change);
}
