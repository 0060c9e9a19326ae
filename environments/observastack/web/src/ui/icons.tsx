const paths = {
  search: "M11 11l3.2 3.2M12.2 7.1a5.1 5.1 0 1 1-10.2 0 5.1 5.1 0 0 1 10.2 0Z",
  sun: "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M12.8 3.2l-1.1 1.1M4.3 11.7l-1.1 1.1",
  moon: "M13.6 9.6A6 6 0 0 1 6.4 2.4a6 6 0 1 0 7.2 7.2Z",
  refresh: "M13.5 3v3.5H10M13.2 6.5A5.6 5.6 0 1 0 13.6 9",
  chevron: "M6 3.5 10.5 8 6 12.5",
  close: "M4 4l8 8M12 4l-8 8",
  upload: "M8 10.5V2.5M4.8 5.5 8 2.3l3.2 3.2M2.5 10.5v2a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-2",
  download: "M8 2.5v8M4.8 7.5 8 10.7l3.2-3.2M2.5 11.5v1a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-1",
  trash: "M2.5 4.2h11M6.3 4V2.6h3.4V4M4 4.4l.6 9h6.8l.6-9M6.7 6.8v4M9.3 6.8v4",
  file: "M9 1.8H4a1 1 0 0 0-1 1v10.4a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V5.8L9 1.8ZM9 2v4h4",
  alert: "M8 5.6v3.2M8 11.2v.1M7.1 2.4 1.6 12a1 1 0 0 0 .9 1.5h11a1 1 0 0 0 .9-1.5L8.9 2.4a1 1 0 0 0-1.8 0Z",
} as const;

/** Always decorative: the control around it carries the name. */
export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 28 24" width="28" height="24" aria-hidden="true" focusable="false">
      <rect x="2" y="3" width="24" height="4" rx="2" className="logo-strong" />
      <rect x="2" y="10" width="14" height="4" rx="2" className="logo-soft" />
      <circle cx="22.5" cy="12" r="2.5" className="logo-spark" />
      <rect x="2" y="17" width="19" height="4" rx="2" className="logo-strong" />
    </svg>
  );
}
