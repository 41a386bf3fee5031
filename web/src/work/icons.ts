// Line drawings of 24 by 24.
export const icons = {
  home: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z',
  list: 'M4 6h2M4 12h2M4 18h2M9 6h11M9 12h11M9 18h11',
  board: 'M4 4h7v7H4zM13 4h7v4h-7zM13 11h7v9h-7zM4 14h7v6H4z',
  cards: 'M4 8l9-3 5 13-9 3zM15 4h5v12',
  add: 'M12 5v14M5 12h14',
  units: 'M12 4v5M6 20v-5h12v5M12 9v6M9 4h6M4 20h4M16 20h4M10 20h4M12 15v5',
  posts: 'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21c0-4 3-7 7-7s7 3 7 7M17 4a4 4 0 0 1 0 7M19 14c2 1 3 4 3 7',
  away: 'M5 5h14v15H5zM5 10h14M9 3v4M15 3v4M9 15h6',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.6-7 8-7s8 3 8 7',
  record: 'M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h4',
  key: 'M14 10a5 5 0 1 0-4 4l2 2h2v2h2v2h4v-4z',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M14 4v6M10 14v6',
  seal: 'M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5z',
  rules: 'M5 4h11l3 3v13H5zM9 9h6M9 13h6M9 17h4',
  table: 'M4 5h16v14H4zM4 10h16M10 5v14',
  sun: 'M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM12 1v3M12 20v3M1 12h3M20 12h3M4.2 4.2l2.1 2.1M17.7 17.7l2.1 2.1M4.2 19.8l2.1-2.1M17.7 6.3l2.1-2.1',
  moon: 'M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z',
  lens: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L21 21',
  menu: 'M4 6h16M4 12h16M4 18h16',
  help: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.5v.5',
} as const
export type IconName = keyof typeof icons
