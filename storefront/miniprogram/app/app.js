// The shell: native pages for what only WeChat can do, and web-views of the shop's pages for everything else.

App({
  onLaunch() {
    // A newer version is taken at once: an older shell may not know what newer pages ask of it.
    const updates = wx.getUpdateManager()
    updates.onUpdateReady(() => {
      wx.showModal({
        title: '有新版本',
        content: '更新后继续使用',
        showCancel: false,
        success: () => updates.applyUpdate(),
      })
    })
  },

  onPageNotFound() {
    // An old card or an old code on a wall.
    wx.switchTab({ url: '/pages/home/home' })
  },
})
