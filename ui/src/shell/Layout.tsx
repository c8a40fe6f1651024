import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { currentUser as meQuery, hasSession } from '../api/users'
import { SearchButton } from '../search/SearchButton'
import { ConnectionBar } from './ConnectionBar'
import { Icon } from './Icon'
import icon from './icon.svg'
import { useSettings, useT } from './settings'

export function Layout() {
  const { t, language, theme, setLanguage, setTheme } = useSettings()
  const me = useQuery(meQuery).data
  const path = useRouterState({ select: (state) => state.location.pathname })
  const inGovernance = path.startsWith('/governance')
  const inModels = path.startsWith('/models')
  const inReports = path.startsWith('/reports')
  const inAccess = path.startsWith('/access')
  const elsewhere = inModels || inReports || inGovernance || inAccess || path.startsWith('/account')
  const inExperiments = !elsewhere
  return (
    <div className="app">
      <header className="topbar">
        <Link to="/" className="brand">
          <img src={icon} alt="" />
          Kiroku
        </Link>
        <nav aria-label="Kiroku">
          <Link to="/experiments" className={inExperiments ? 'active' : ''}>
            {t('experiments')}
          </Link>
          <Link to="/models" className={inModels ? 'active' : ''}>
            {t('models')}
          </Link>
          <Link to="/reports" className={inReports ? 'active' : ''}>
            {t('reports')}
          </Link>
          <Link to="/governance" className={inGovernance ? 'active' : ''}>
            {t('governance')}
          </Link>
          {me?.is_admin && (
            <Link to="/access" search={{}} className={inAccess ? 'active' : ''}>
              {t('access')}
            </Link>
          )}
        </nav>
        <span className="spacer" />
        <SearchButton />
        {me && (
          <Link to="/account" className="soft ellipsis who" title={t('signedInAs', { name: me.username })}>
            {me.username}
          </Link>
        )}
        {me && hasSession() && (
          <form method="post" action="sign-out">
            <button className="btn ghost small">{t('signOut')}</button>
          </form>
        )}
        <button
          className="btn ghost small"
          lang={language === 'en' ? 'ja' : 'en'}
          onClick={() => setLanguage(language === 'en' ? 'ja' : 'en')}
        >
          {t('language')}
        </button>
        <button
          className="btn ghost icon"
          title={t('theme')}
          aria-label={t('theme')}
          onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
        >
          <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
        </button>
      </header>
      <ConnectionBar />
      <main id="content">
        <Outlet />
      </main>
    </div>
  )
}

export function NotFound() {
  const t = useT()
  return (
    <div className="page">
      <h1>{t('notThere')}</h1>
      <p className="soft">{t('notThereText')}</p>
      <p style={{ marginTop: 8 }}>
        <Link to="/">{t('experiments')}</Link>
      </p>
    </div>
  )
}
