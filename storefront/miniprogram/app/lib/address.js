// What WeChat's address book and map say, as the API takes it. Nothing here calls WeChat.

/**
 * A mainland mobile number without what people write around it.
 * @param {string} text
 */
function phone(text) {
  return (text || '').replace(/[^0-9]/g, '').replace(/^86(?=1\d{10}$)/, '')
}

/**
 * The district as our table writes it: a municipality's name comes twice from WeChat, and once here.
 * @param {{ provinceName: string, cityName: string, countyName: string }} a
 */
function district(a) {
  const parts = [a.provinceName, a.cityName, a.countyName].map((part) => (part || '').trim())
  return parts.filter((part, i) => part && part !== '市辖区' && part !== parts[i - 1]).join('')
}

/**
 * An entry of WeChat's address book.
 * @param {any} a
 */
function fromBook(a) {
  return {
    name: (a.userName || '').trim().slice(0, 20),
    phone: phone(a.telNumber),
    district: district(a),
    street: (a.detailInfoNew || a.detailInfo || '').trim().slice(0, 60),
  }
}

/**
 * The words of a place on the map, without the district that stands before them already.
 * @param {{ name: string, address: string }} place
 * @param {string} within
 */
function words(place, within) {
  const name = (place.name || '').trim()
  let rest = (place.address || '').trim()
  // 上海市静安区南京西路 under 上海市静安区 is 南京西路; so is 静安区南京西路.
  for (let i = 0; i < within.length - 1; i++) {
    if (rest.startsWith(within.slice(i))) {
      rest = rest.slice(within.length - i)
      break
    }
  }
  return (rest.endsWith(name) ? rest : rest + name).slice(0, 60)
}

module.exports = { phone, district, fromBook, words }
