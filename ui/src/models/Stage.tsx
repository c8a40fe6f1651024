import { useState } from 'react'
import { transitionStage } from '../api/models'
import { type ModelVersion } from '../api/types'
import { useGuardedChange } from '../governance/useGuardedChange'
import { Dialog, DialogActions } from '../shell/Dialog'
import { Popover } from '../shell/Popover'
import { useT } from '../shell/settings'
import { useChanged } from './useChanged'
import { useMoveRights } from './useMoveRights'

export const STAGES = ['None', 'Staging', 'Production', 'Archived']
const stageTone = (stage: string) => (stage === 'Production' ? 'good' : stage === 'Staging' ? 'warn' : '')
/** The stage of a version, with a menu that changes it. */
export function Stage({ version }: { version: ModelVersion }) {
  const t = useT()
  const changed = useChanged()
  const [move, asking] = useGuardedChange(changed)
  const whyNot = useMoveRights(version.name, `registered_model_version/${version.name}/${version.version}`)
  const [target, setTarget] = useState<string | null>(null)
  const [archive, setArchive] = useState(true)
  return (
    <>
      <Popover
        className="btn ghost small"
        whyNot={whyNot}
        title={`${t('stage')}: v${version.version}`}
        label={<span className={`chip ${stageTone(version.current_stage)}`}>{version.current_stage}</span>}
      >
        {(close) => (
          <>
            <div className="title">{t('moveTo')}</div>
            {STAGES.map((stage) => (
              <button
                key={stage}
                className={`item${stage === version.current_stage ? ' active' : ''}`}
                onClick={() => {
                  close()
                  setTarget(stage)
                }}
              >
                {stage}
              </button>
            ))}
          </>
        )}
      </Popover>
      {target && (
        <Dialog title={`v${version.version} → ${target}`} close={() => setTarget(null)}>
          {(target === 'Production' || target === 'Staging') && (
            <label className="row">
              <input type="checkbox" checked={archive} onChange={(event) => setArchive(event.target.checked)} />
              {t('alsoTo')}
            </label>
          )}
          <DialogActions close={() => setTarget(null)}>
            <button
              className="btn primary"
              onClick={() => {
                setTarget(null)
                const archiving = archive && (target === 'Production' || target === 'Staging')
                const next = {
                  name: version.name,
                  version: version.version,
                  stage: target,
                  archive_existing_versions: archiving,
                }
                move(next, () => transitionStage(next))
              }}
            >
              {t('moveToStage', { stage: target })}
            </button>
          </DialogActions>
        </Dialog>
      )}
      {asking}
    </>
  )
}
