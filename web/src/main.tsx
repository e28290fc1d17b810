import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { LanguageProvider } from './i18n';
import { DraftProvider } from './state/draft';
import { JobsProvider } from './state/jobs';
import { ToastProvider } from './state/toasts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/sections.css';

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <ToastProvider>
          <DraftProvider>
            <JobsProvider>
              <App />
            </JobsProvider>
          </DraftProvider>
        </ToastProvider>
      </LanguageProvider>
    </StrictMode>,
  );
}
