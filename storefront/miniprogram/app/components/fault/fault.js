// Nothing to show, why, and the way on.

Component({
  properties: { title: String, detail: String, label: String },
  options: { addGlobalClass: true },
  methods: {
    again() {
      this.triggerEvent('again')
    },
  },
})
