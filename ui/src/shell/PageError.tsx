import { Link, type ErrorComponentProps } from '@tanstack/react-router'
import { errorText } from './errorText'
import { Icon } from './Icon'
import { useT } from './settings'

/** Browsers differ in what they say when a module cannot be loaded. */
const MODULE = /dynamically imported module|module script|Loading chunk|preload CSS/i

/** What is shown in place of a page that cannot be loaded or drawn: what has happened, and the ways on. */
export function PageError({ error }: ErrorComponentProps) {
  const t = useT()
  const module = MODULE.test(String(error))
  return (
    <div className="page page-error" role="alert">
      <Icon name="warning" size={28} />
      <h1>{t(module ? 'pageNotLoaded' : 'pageFailed')}</h1>
      <p className="soft">{t(module ? 'pageNotLoadedText' : 'pageFailedText')}</p>
      {!module && <pre className="faint">{errorText(error, t)}</pre>}
      <div className="row">
        <button className="btn primary" onClick={() => location.reload()}>
          {t('reloadPage')}
        </button>
        <Link to="/experiments" className="btn" reloadDocument>
          {t('experiments')}
        </Link>
      </div>
    </div>
  )
}
