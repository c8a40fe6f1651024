import { useState } from 'react'
import { Code } from '../shell/Code'
import { Dialog } from '../shell/Dialog'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { canVerify, verifyAudit, type Verdict } from './verifyAudit'

/** Verifies the audit log in this browser: computes all hashes again and shows the result. */
export function AuditVerifier() {
  const t = useT()
  const act = useAction()
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const [count, setCount] = useState<number | null>(null)
  if (!canVerify()) return <span className="faint">kiroku audit verify</span>
  return (
    <>
      <button
        className="btn"
        disabled={count !== null}
        onClick={() => {
          setCount(0)
          void act(async () => setVerdict(await verifyAudit(setCount))).then(() => setCount(null))
        }}
      >
        {count === null ? t('verifyAudit') : `${count.toLocaleString()} …`}
      </button>
      {verdict && (
        <Dialog
          title={verdict.problems.length === 0 ? t('auditWhole') : t('auditBroken')}
          close={() => setVerdict(null)}
        >
          {verdict.problems.length === 0 ? (
            <p>{t('auditWholeText', { n: verdict.count })}</p>
          ) : (
            <pre className="error">{verdict.problems.join('\n')}</pre>
          )}
          <Code text={`${verdict.count}:${verdict.hash}`} />
          <div className="actions">
            <button className="btn primary" onClick={() => setVerdict(null)}>
              {t('close')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}
