import { Link } from '@tanstack/react-router'
import { Code } from '../shell/Code'
import { useT } from '../shell/settings'

/** Returns the tracking URI of this server. */
export const serverAddress = () => location.origin + location.pathname.replace(/\/$/, '')

/** Code that logs a first run, shown while there are none. */
export function GettingStarted({ experiment }: { experiment?: string }) {
  const t = useT()
  const address = serverAddress()
  const name = JSON.stringify(experiment ?? 'first-steps')
  return (
    <div className="hero">
      <h1>{experiment ? t('runsEmpty') : t('emptyTitle')}</h1>
      <p className="soft" style={{ marginTop: 6, fontSize: 14 }}>
        {t('emptyLead')}
      </p>
      <div className="steps">
        <section className="stack" style={{ gap: 7 }}>
          <h2>{t('emptyFirst')}</h2>
          <Code
            text={`# pip install mlflow\nimport mlflow\n\nmlflow.set_tracking_uri("${address}")\nmlflow.set_experiment(${name})\n\nwith mlflow.start_run():\n    mlflow.log_param("learning_rate", 0.01)\n    for step in range(100):\n        mlflow.log_metric("loss", 1 / (step + 1), step=step)`}
          />
        </section>
        <section className="stack" style={{ gap: 7 }}>
          <h2>{t('emptyAuto')}</h2>
          <Code
            text={`import mlflow\nfrom sklearn.datasets import load_iris\nfrom sklearn.ensemble import RandomForestClassifier\n\nmlflow.set_tracking_uri("${address}")\nmlflow.set_experiment(${name})\nmlflow.autolog()\n\nX, y = load_iris(return_X_y=True)\nRandomForestClassifier(n_estimators=100).fit(X, y)`}
          />
        </section>
        <section className="stack" style={{ gap: 7 }}>
          <h2>{t('emptyEnv')}</h2>
          <Code text={`export MLFLOW_TRACKING_URI=${address}`} />
        </section>
        {!experiment && (
          <p>
            <Link to="/import">{t('emptyImport')}</Link>
          </p>
        )}
      </div>
      <p className="status faint" style={{ marginTop: 24 }}>
        <span className="dot RUNNING" aria-hidden="true" />
        {t('waiting')}
      </p>
    </div>
  )
}
