import { Code, CopyButton } from '../shell/Code'
import { Dialog } from '../shell/Dialog'
import { useT } from '../shell/settings'

/** Shows the secret of a new token, once. */
export function NewSecret({ secret, close }: { secret: string; close: () => void }) {
  const t = useT()
  return (
    <Dialog title={t('tokenCreated')} close={close}>
      <p className="notice" style={{ marginBottom: 0 }}>
        {t('secretOnce')}
      </p>
      <div className="field">
        {t('tokenSecret')}
        <div className="row">
          <input className="input mono" style={{ flex: 1 }} readOnly aria-label={t('tokenSecret')} value={secret} />
          <CopyButton text={secret} label={t('copy')} />
        </div>
      </div>
      <div className="field">
        {t('tokenUse')}
        <Code text={`export MLFLOW_TRACKING_TOKEN=${secret}`} />
      </div>
      <div className="actions">
        <button className="btn primary" onClick={close}>
          {t('done')}
        </button>
      </div>
    </Dialog>
  )
}
